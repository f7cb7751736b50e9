"""The Regions written down here are the Regions AWS's own library knows."""

from __future__ import annotations

import boto3

from deployer.params.regions import KNOWN_REGIONS, STRONG_REGION_SETS


def test_known_regions_are_those_of_botocore() -> None:
    """A new Region means one more line in regions.py."""
    assert set(KNOWN_REGIONS) == set(boto3.Session().get_available_regions("dynamodb"))


def test_region_sets_are_disjoint_and_large_enough() -> None:
    """A strongly consistent table needs three Regions of one set."""
    together = [region for one in STRONG_REGION_SETS for region in one]

    assert len(together) == len(set(together))
    assert set(together) <= set(KNOWN_REGIONS)
    assert all(len(one) >= 3 for one in STRONG_REGION_SETS)
