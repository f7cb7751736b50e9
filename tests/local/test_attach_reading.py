"""Faster reading is the same reading."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import botocore.session
import pytest
import yaml

from deployer.local.attach_reading import know_services_by_their_names, once, with_libyaml

BODIES = sorted((Path(__file__).parents[1] / "templates" / "snapshots").rglob("*.yaml"))


@pytest.mark.parametrize("body", BODIES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_body_reads_alike_with_libyaml(body: Path) -> None:
    """Short forms of functions, dates and words that look like numbers included."""
    from ministack.services.cloudformation.engine import CfnLoader

    text = body.read_text(encoding="utf-8")

    assert with_libyaml(CfnLoader) is not CfnLoader, "libyaml is not there: nothing is compared"
    assert yaml.load(text, Loader=with_libyaml(CfnLoader)) == yaml.load(text, Loader=CfnLoader)  # noqa: S506 - both are safe


def test_caller_may_change_what_it_was_given() -> None:
    """The next one gets what stands in the text, which was parsed once."""
    texts: list[str] = []

    def parse(text: str) -> dict[str, Any]:
        texts.append(text)
        return {"Resources": {}}

    read = once(parse)
    read("body")["Resources"]["Ledger"] = {}

    assert (read("body"), texts) == ({"Resources": {}}, ["body"])


def test_services_are_known_by_any_name_that_may_sign_for_them() -> None:
    """As MiniStack has them that reads every model; a handful of names aside, none of which the system calls."""
    from ministack.core import router

    know_services_by_their_names()
    models = map(botocore.session.get_session().get_service_model, ("budgets", "route53", "ses", "stepfunctions", "synthetics", "xray"))

    assert {
        str(model.metadata.get("signingName") or model.metadata["endpointPrefix"]) for model in models
    } <= router._KNOWN_AWS_SERVICE_NAMES
    assert not router._is_aws_service_name("nothing-of-the-kind")
