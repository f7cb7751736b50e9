"""E9780: one body is right in every Region."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cfnlint.rules import CloudFormationLintRule

if TYPE_CHECKING:
    from deployer.rules.reading import Fault, Reading

_CHECKERS = ("HealthCheckConfig", "Regions")


class RegionName(CloudFormationLintRule):  # type: ignore[misc]
    """Finds a Region that is written into a body for all of them."""

    id = "E9780"
    shortdesc = "A body that several Regions get names a Region in its mappings alone"
    description = (
        "A StackSet has one body: a Region's name anywhere else in it is wrong in every other Region. A body shows that it is one by "
        "looking its own Region up in a mapping, or E9700's option several_regions says so. Not counted: descriptions, the Regions of "
        "Route 53's checkers, and branches that a condition on the Region keeps to themselves."
    )
    source_url = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-concepts.html"
    facts = ("F4.13",)
    tags = ("multi-region", "stacksets")
    parent_rules = ("E9700",)

    def faults(self, reading: Reading) -> Iterator[Fault]:
        """Yield a fault for each Region that stands where it is wrong in another."""
        if len(reading.served) < 2:
            return
        places = [(resource, reading.where(resource)) for resource in reading.resources()]
        for node, regions in [*places, (reading.under("Outputs"), reading.served)]:
            seen = [{leaf.path: leaf for leaf in node.at(region).leaves()} for region in regions]
            for path, leaf in seen[0].items() if len(seen) > 1 else ():
                named = reading.regions_in(str(leaf.value))
                if named and not _is_spared(path) and all(path in leaves for leaves in seen):
                    yield path, f"{', '.join(sorted(named))} is written into a body that {' and '.join(regions)} get"


def _is_spared(path: tuple[str | int, ...]) -> bool:
    """Return whether the place is for people, or lists Route 53's checkers."""
    return "Description" in path or "AlarmDescription" in path or path[3:5] == _CHECKERS
