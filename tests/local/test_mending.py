"""Stacks that take no update, on the embedded AWS: refused with the way out, led out by `mend`, and rolled out again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from deployer.vocabulary.errors import InputRefused, RolloutFailed, UndoFailed
from deployer.vocabulary.events import Event, ResourceMoved
from tests.support.embedded import EmbeddedAws
from tests.support.rollout.real import a_setting
from tests.support.rollout.troubled import GATED, HOME, TroubledSystem
from tests.support.stacks import zipped


@pytest.fixture
def troubled(embedded_aws: EmbeddedAws, tmp_path: Path) -> TroubledSystem:
    """A system of which nothing stands."""
    return TroubledSystem(embedded_aws, tmp_path)


def test_global_stack_that_was_never_finished_is_deleted_and_made_anew(troubled: TroubledSystem) -> None:
    """ROLLBACK_COMPLETE takes no update: a roll-out refuses it beforehand, and `mend` clears the way."""
    with pytest.raises(RolloutFailed, match=r"Refused \(AWS::SSM::Parameter\) CREATE_FAILED"):
        troubled.roll_out(troubled.with_global(Refused=a_setting("x", Type="Nonsense")))

    with pytest.raises(InputRefused) as refused:
        troubled.roll_out()

    assert refused.value.exit_code == 2
    assert "is ROLLBACK_COMPLETE" in refused.value.detail
    assert "Run `deployer mend`" in refused.value.detail
    assert [one.deed for one in troubled.mend().mends] == ["delete"]
    troubled.roll_out()
    assert troubled.standing().is_sound


def test_rollback_that_failed_is_continued(troubled: TroubledSystem) -> None:
    """The old package was deleted meanwhile, so a function cannot go back; with the package there again, the rollback goes on."""
    packages = f"packages-{troubled.suffix}"
    s3 = troubled.embedded.clients("s3", HOME)
    s3.create_bucket(Bucket=packages, CreateBucketConfiguration={"LocationConstraint": HOME})
    for key in ("old.zip", "new.zip"):
        s3.put_object(Bucket=packages, Key=key, Body=zipped(handler=f"# {key}"))
    before = troubled.with_global(**a_function(packages, "old.zip"))
    troubled.roll_out(before)

    def lose_the_old_package(event: Event) -> None:
        if isinstance(event, ResourceMoved) and (event.logical_id, event.status) == ("Function", "UPDATE_COMPLETE"):
            troubled.hear = lambda event: None
            s3.delete_object(Bucket=packages, Key="old.zip")
            troubled.fail_gate_of_global_stack()

    troubled.hear = lose_the_old_package
    gate = GATED["Gate"] | {"DependsOn": "Function"}
    with pytest.raises(UndoFailed) as failed:
        troubled.roll_out(troubled.with_global(**a_function(packages, "new.zip"), Handle=GATED["Handle"], Gate=gate))
    with pytest.raises(InputRefused) as refused:
        troubled.roll_out(before)

    assert failed.value.exit_code == 6
    assert "Gate (AWS::CloudFormation::WaitCondition)" in failed.value.detail.splitlines()[0]
    assert "UPDATE_ROLLBACK_FAILED" in failed.value.detail
    assert "is UPDATE_ROLLBACK_FAILED" in refused.value.detail
    assert "run `deployer mend`" in refused.value.detail
    with pytest.raises(RolloutFailed, match="UPDATE_ROLLBACK_FAILED"):
        troubled.mend()
    s3.put_object(Bucket=packages, Key="old.zip", Body=zipped(handler="# old.zip"))
    assert [one.deed for one in troubled.mend().mends] == ["continue the rollback of"]
    troubled.roll_out(before)
    assert troubled.standing().is_sound
    assert troubled.plan(before).steps_to_do == ()


def a_function(bucket: str, key: str) -> dict[str, Any]:
    """Return a function of this package, and its role."""
    trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    role = {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [trust]}}}
    properties = {
        "Runtime": "python3.12",
        "Handler": "handler.handle",
        "Role": {"Fn::GetAtt": ["Role", "Arn"]},
        "Code": {"S3Bucket": bucket, "S3Key": key},
    }
    return {"Role": role, "Function": {"Type": "AWS::Lambda::Function", "Properties": properties}}
