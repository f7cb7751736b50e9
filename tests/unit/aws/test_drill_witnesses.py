"""The table and the audit log as a drill reads them, and a function that is broken and mended."""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from botocore.exceptions import ClientError

from deployer.aws.audit_log import AuditEntry, AuditObject, entries_in, objects_of_day
from deployer.aws.functions import BROKEN_HANDLER, call_function, release_broken, release_good
from deployer.aws.ledger import LedgerEntry, payments_of
from deployer.aws.session import Aws, AwsAccess
from deployer.vocabulary.errors import AwsRefused, DeployerError

REGION = "us-east-1"


class FakePages:
    """A client whose paginator gives prepared pages; `asked` is what it was asked with."""

    def __init__(self, *pages: dict[str, Any], refusal: str = "") -> None:
        """Give these pages, or refuse after them."""
        self._pages, self._refusal = pages, refusal
        self.asked: dict[str, Any] = {}
        self.objects: dict[str, bytes] = {}

    def get_paginator(self, _: str) -> FakePages:
        """Return itself."""
        return self

    def paginate(self, **asked: Any) -> Iterator[dict[str, Any]]:
        """Yield the pages."""
        self.asked = asked
        yield from self._pages
        if self._refusal:
            raise ClientError({"Error": {"Code": self._refusal, "Message": "as scripted"}}, "Operation")

    def get_object(self, *, Bucket: str, Key: str) -> dict[str, Any]:
        """Return an object."""
        return {"Body": io.BytesIO(self.objects[Key])}


class FakeLambda:
    """One function with an alias; `handlers` are those of its versions."""

    def __init__(self, answer: dict[str, Any] | None = None) -> None:
        """Begin with version 1, which works."""
        self.handlers = {"1": "payment.handler.handle"}
        self.latest, self.live, self.answer = "payment.handler.handle", "1", answer or {}
        self.events: list[Any] = []

    def invoke(self, *, FunctionName: str, Qualifier: str, Payload: bytes) -> dict[str, Any]:
        """Answer as prepared."""
        self.events.append((FunctionName, Qualifier, json.loads(Payload)))
        return {"Payload": io.BytesIO(json.dumps(self.answer).encode())} | (
            {"FunctionError": "Unhandled"} if "errorMessage" in self.answer else {}
        )

    def get_alias(self, **_: Any) -> dict[str, str]:
        """Return where the alias leads."""
        return {"FunctionVersion": self.live}

    def get_function_configuration(self, **_: Any) -> dict[str, str]:
        """Return the unpublished handler."""
        return {"Handler": self.latest}

    def update_function_configuration(self, *, FunctionName: str, Handler: str) -> None:
        """Change it."""
        self.latest = Handler

    def get_waiter(self, _: str) -> Any:
        """Return what need not wait."""
        return self

    def wait(self, **_: Any) -> None:
        """Return at once."""

    def publish_version(self, **_: Any) -> dict[str, str]:
        """Publish what is there."""
        number = str(len(self.handlers) + 1)
        self.handlers[number] = self.latest
        return {"Version": number}

    def update_alias(self, *, FunctionVersion: str, **_: Any) -> None:
        """Lead elsewhere."""
        self.live = FunctionVersion

    def delete_function(self, *, Qualifier: str, **_: Any) -> None:
        """Delete a version."""
        del self.handlers[Qualifier]


def aws_of(client: Any) -> Aws:
    """Return an AWS whose every client is this one."""
    return Aws(AwsAccess(), make_client=lambda service, region: client)


def an_item(number: int) -> dict[str, Any]:
    """Return a payment as DynamoDB holds it."""
    return {
        "transaction_id": {"S": f"id-{number}"},
        "customer_id": {"S": f"drill-{number}"},
        "amount": {"N": "1.10"},
        "currency": {"S": "USD"},
        "region": {"S": REGION},
    }


def test_ledger_is_read_page_by_page_and_strongly() -> None:
    """Amounts to the digit; only the run's own customers."""
    client = FakePages({"Items": [an_item(1)]}, {"Items": [an_item(2)]})
    found = payments_of(aws_of(client), table="t", region=REGION, customer_prefix="drill-")

    assert [one.transaction_id for one in found] == ["id-1", "id-2"]
    assert found[0] == LedgerEntry(transaction_id="id-1", customer_id="drill-1", amount=Decimal("1.10"), currency="USD", region=REGION)
    assert client.asked["ConsistentRead"] is True
    assert client.asked["ExpressionAttributeValues"] == {":prefix": {"S": "drill-"}}


def test_region_without_a_quorum_is_a_refusal_and_no_empty_ledger() -> None:
    """Half a ledger would look like a loss."""
    with pytest.raises(AwsRefused, match="Scan"):
        payments_of(aws_of(FakePages({"Items": [an_item(1)]}, refusal="InternalServerError")), table="t", region=REGION, customer_prefix="")


def test_audit_log_of_a_day_is_listed_and_read() -> None:
    """Each line with its payment and customer."""
    client = FakePages({"Contents": [{"Key": "payments/date=2026-11-22/a", "ETag": "1"}]}, {})
    client.objects["a"] = gzip.compress(b'{"id": "id-1", "item": {"customer_id": {"S": "drill-1"}}}\n')
    aws = aws_of(client)

    assert objects_of_day(aws, bucket="b", region=REGION, day="2026-11-22") == (AuditObject(key="payments/date=2026-11-22/a", etag="1"),)
    assert client.asked["Prefix"] == "payments/date=2026-11-22/"
    assert entries_in(aws, bucket="b", region=REGION, key="a") == (AuditEntry(transaction_id="id-1", customer_id="drill-1"),)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"no gzip", id="no gzip"),
        pytest.param(gzip.compress(b"no json\n"), id="no JSON"),
        pytest.param(gzip.compress(b'{"id": "x"}\n'), id="no item"),
    ],
)
def test_object_that_is_none_of_the_log_is_told(body: bytes) -> None:
    """Never skipped: a line might be missing for it."""
    client = FakePages()
    client.objects["a"] = body

    with pytest.raises(DeployerError, match="no object of the audit log"):
        entries_in(aws_of(client), bucket="b", region=REGION, key="a")


def test_function_answers_or_its_failure_is_told() -> None:
    """In its own words."""
    well, ill = FakeLambda({"outcome": "proved"}), FakeLambda({"errorMessage": "through is a day to come"})

    assert call_function(aws_of(well), name="f", region=REGION, event={"through": "d"}) == {"outcome": "proved"}
    assert well.events == [("f", "live", {"through": "d"})]
    with pytest.raises(DeployerError) as told:
        call_function(aws_of(ill), name="f", region=REGION, event={})
    assert told.value.detail == "through is a day to come"


def test_broken_release_is_taken_back_without_a_trace() -> None:
    """Alias, handler and versions are as before."""
    client = FakeLambda()
    version, handler = release_broken(aws_of(client), name="f", region=REGION)
    broken = client.handlers[client.live]
    release_good(aws_of(client), name="f", region=REGION, version=version, handler=handler)

    assert broken == BROKEN_HANDLER
    assert (client.live, client.latest, client.handlers) == ("1", "payment.handler.handle", {"1": "payment.handler.handle"})
