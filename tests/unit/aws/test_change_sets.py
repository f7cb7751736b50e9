"""Change sets on the wire: both ways of describing one are read whole and made into one answer."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from deployer.aws.change_sets import (
    ChangeSetRequest,
    create_change_set,
    delete_change_set,
    left_over_change_sets,
    preview_source,
    read_change_set,
)
from deployer.aws.session import Aws, AwsAccess
from deployer.aws.template_source import TemplateSource
from deployer.vocabulary.errors import AwsRefused
from tests.support.change_sets import FakeChangeSets, detail, modified

REGION = "us-east-2"
STACK = "arn:aws:cloudformation:us-east-2:111122223333:stack/StackSet-x/1"


def test_request_keeps_what_stands_where_no_value_is_given() -> None:
    """UsePreviousValue is how CloudFormation takes a value that it will not tell."""
    fake = FakeChangeSets()
    request = ChangeSetRequest(
        name="preview-1", stack_id=STACK, template=TemplateSource(body="Resources: {}"), parameters=(("A", "1"), ("B", None))
    )
    create_change_set(fake.aws(), request, REGION)
    [made] = fake.made

    assert made["Parameters"] == [{"ParameterKey": "A", "ParameterValue": "1"}, {"ParameterKey": "B", "UsePreviousValue": True}]
    assert made["ChangeSetType"] == "UPDATE"


def test_every_page_of_both_answers_is_read() -> None:
    """The fake pages by one."""
    fake = FakeChangeSets(plain=[modified(name) for name in "ABC"], valued=[modified(name) for name in "CBA"])

    assert [one.logical_id for one in read_change_set(fake.aws(), "preview-1", STACK, REGION).changes] == ["A", "B", "C"]


def test_values_come_from_one_answer_and_causes_from_the_other() -> None:
    """Neither tells all."""
    plain = modified("A", detail("Code"), detail("Code", source="ResourceReference", cause="Layer"), detail("Role", evaluation="Dynamic"))
    valued = modified("A", detail("Code", path="/Properties/Code/S3Key", before="1", after="2"))
    [change] = read_change_set(FakeChangeSets(plain=[plain], valued=[valued]).aws(), "preview-1", STACK, REGION).changes

    told = [(one.path, one.before, one.after, one.causing_entity) for one in change.details]
    assert told == [("Code/S3Key", "1", "2", ""), ("Code", None, None, "Layer"), ("Role", None, None, "")]


def test_change_set_without_changes_is_no_failure() -> None:
    """CloudFormation calls it one."""
    fake = FakeChangeSets(status="FAILED", reason="The submitted information didn't contain changes. Submit different information.")
    found = read_change_set(fake.aws(), "preview-1", STACK, REGION)

    assert found.finds_nothing
    assert not found.changes


def test_reader_that_is_led_in_circles_stops() -> None:
    """A token that never ends is the answerer's mistake, not ours to wait for."""
    fake = FakeChangeSets(plain=[modified("A")], valued=[modified("A")], endless=True)

    assert len(read_change_set(fake.aws(), "preview-1", STACK, REGION).changes) == 100


def test_left_over_is_told_by_name_and_age() -> None:
    """Not another's change set, and not a preview that somebody may be reading."""
    now = datetime(2026, 3, 4, 5, 6, tzinfo=UTC)
    listed = {
        "preview-own": now,
        "preview-old": now - timedelta(seconds=601),
        "preview-young": now - timedelta(seconds=599),
        "by-hand": now - timedelta(days=9),
    }
    fake = FakeChangeSets(listed=listed)

    assert left_over_change_sets(fake.aws(), "preview-own", STACK, REGION, older_seconds=600.0) == ("preview-old",)
    assert left_over_change_sets(fake.aws(), "preview-gone", STACK, REGION, older_seconds=600.0) == ()


def test_long_template_goes_where_a_roll_out_reads_nothing() -> None:
    """Who may only plan writes under `previews/` alone."""
    put: list[dict[str, Any]] = []

    class Bucket:
        def head_object(self, **arguments: Any) -> dict[str, Any]:
            from botocore.exceptions import ClientError

            raise ClientError({"Error": {"Code": "404"}}, "HeadObject")

        def put_object(self, **arguments: Any) -> dict[str, Any]:
            put.append(arguments)
            return {}

    aws = Aws(AwsAccess(), make_client=lambda service, region: Bucket())

    assert preview_source(aws, "short", bucket="b", region=REGION) == TemplateSource(body="short")
    assert "/b/previews/" in preview_source(aws, "x" * 60_000, bucket="b", region=REGION).url
    assert put[0]["Key"].startswith("previews/")


def test_refusals_are_told() -> None:
    """In AWS's words."""
    with pytest.raises(AwsRefused, match="DeleteChangeSet"):
        delete_change_set(FakeChangeSets(refuses="DeleteChangeSet").aws(), "preview-1", STACK, REGION)
