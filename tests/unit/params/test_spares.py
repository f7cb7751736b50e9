"""Spares in a parameter file: sound ones, and everything that can be wrong with them, at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from deployer.params.model import Environment
from deployer.params.spare_rules import spare_blocks_are_free
from deployer.params.spares import SpareRegionParameters, SparesParameters
from tests.support.parameter_files import refusal, values, write

REGION = {"name": "us-west-1", "vpc_cidr": "10.2.0.0/16"}
ACCOUNT, OTHER = "111122223333", "222233334444"
UNIT = "ou-ab12-34567890"


def sentences(folder: Path, spares: dict[str, Any], **changes: Any) -> dict[str, str]:
    """Return what is said of a file with these spares, by the end of its place."""
    mistakes = refusal(write(folder, values(spares=spares, **changes))).mistakes
    return {str(index): mistake.sentence for index, mistake in enumerate(mistakes)}


def test_file_without_spares_has_none() -> None:
    """The pair is all there is."""
    environment = Environment.model_validate(values())

    assert environment.all_regions == environment.rollout_order
    assert not environment.spares.are_elsewhere


def test_regions_of_spares_come_after_the_pair() -> None:
    """In the file's order."""
    environment = Environment.model_validate(values(spares={"regions": [REGION, {"name": "eu-west-1", "vpc_cidr": "10.3.0.0/16"}]}))

    assert environment.all_regions == ("us-east-2", "us-east-1", "us-west-1", "eu-west-1")


@pytest.mark.parametrize(
    ("spares", "changes", "said"),
    [
        pytest.param({"regions": [{**REGION, "name": "us-east-1"}]}, {}, "us-east-1 is one of the pair", id="the pair's Region"),
        pytest.param({"regions": [{**REGION, "name": "us-west-9"}]}, {}, "us-west-9 is no AWS Region", id="unknown Region"),
        pytest.param({"regions": [REGION, {**REGION, "vpc_cidr": "10.3.0.0/16"}]}, {}, "us-west-1 is given twice", id="Region twice"),
        pytest.param({"regions": [{**REGION, "vpc_cidr": "10.0.4.0/22"}]}, {}, "overlaps 10.0.0.0/16", id="block of the pair"),
        pytest.param({"regions": [{**REGION, "vpc_cidr": "8.8.0.0/16"}]}, {}, "is not private", id="public block"),
        pytest.param({"regions": [REGION], "accounts": [OTHER]}, {}, "account_id has to be given", id="no account"),
        pytest.param(
            {"regions": [REGION], "accounts": [OTHER, OTHER]}, {"account_id": ACCOUNT}, f"{OTHER} is given twice", id="account twice"
        ),
        pytest.param({"accounts": [OTHER]}, {"account_id": ACCOUNT}, "spares.regions is empty", id="no Region"),
        pytest.param(
            {"regions": [REGION], "organizational_units": [UNIT]},
            {"account_id": ACCOUNT},
            "ids of units are an organization's own",
            id="no organization",
        ),
        pytest.param(
            {"regions": [REGION], "organizational_units": [UNIT], "organization_id": "o-ab12cd34ef", "accounts": [OTHER]},
            {"account_id": ACCOUNT},
            "choose one of the two",
            id="both kinds",
        ),
        pytest.param({"regions": [REGION]}, {"suffix": "a" * 22}, "at most", id="long suffix"),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, spares: dict[str, Any], changes: dict[str, Any], said: str) -> None:
    """Each with a sentence of its own."""
    assert any(said in sentence for sentence in sentences(tmp_path, spares, **changes).values())


def test_every_mistake_is_said_at_once(tmp_path: Path) -> None:
    """A person corrects the file once."""
    said = sentences(tmp_path, {"regions": [{"name": "us-east-1", "vpc_cidr": "10.0.0.0/16"}], "accounts": [OTHER]})

    assert len(said) == 3


def test_blocks_of_spares_do_not_overlap_each_other() -> None:
    """Each of them may become half of a pair with any other."""
    regions = tuple(SpareRegionParameters(name=name, vpc_cidr="10.2.0.0/16") for name in ("us-west-1", "eu-west-1"))

    breaches = list(spare_blocks_are_free(SparesParameters(regions=regions), "10.0.0.0/16"))

    assert [breach.field for breach in breaches] == ["spares.regions.1.vpc_cidr"]


def test_paths_of_units_begin_with_their_organization() -> None:
    """A root is right below it, a unit anywhere below a root."""
    spares = SparesParameters(organization_id="o-ab12cd34ef", organizational_units=(UNIT, "r-ab12"))

    assert spares.organization_paths == (f"o-ab12cd34ef/r-*/{UNIT}/*", "o-ab12cd34ef/r-ab12/*")
