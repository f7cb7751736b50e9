"""What checkov's report on the rendered templates comes to: every fault as a sentence, every suppression with its reason.

checkov itself passes over what it cannot parse, and over a suppression that suppresses nothing any more. Both would let a later
mistake through unseen, so both are faults here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

# A shorter reason names the check again, or says "not needed".
REASON_CHARACTERS_MIN: Final = 40

Template = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Suppression:
    """One check that a template switches off for one resource: `template` is the body's name, `local/regional`."""

    template: str
    resource: str
    check: str
    reason: str


def suppressions_in(name: str, template: Template) -> tuple[Suppression, ...]:
    """Return what a template suppresses, in checkov's own form: `Metadata: {checkov: {skip: [{id, comment}]}}` of a resource."""
    return tuple(
        Suppression(template=name, resource=logical_id, check=str(skip.get("id", "")), reason=str(skip.get("comment", "")))
        for logical_id, resource in template["Resources"].items()
        for skip in resource.get("Metadata", {}).get("checkov", {}).get("skip", [])
    )


def unsuppressed(template: Template) -> dict[str, Any]:
    """Return the template as it would be judged with nothing suppressed; the one given is left as it is."""
    resources = {}
    for logical_id, resource in template["Resources"].items():
        metadata = {key: value for key, value in resource.get("Metadata", {}).items() if key != "checkov"}
        resources[logical_id] = {**resource, "Metadata": metadata}
    return {**template, "Resources": resources}


def faults(report: Mapping[str, Any], templates: Mapping[str, Template], *, suffix_unsuppressed: str) -> tuple[str, ...]:
    """Return a sentence for everything that is wrong, none when the gate is passed.

    `report` is checkov's JSON on all templates and on their unsuppressed copies; `templates` maps a body's name, the end of its
    file's path without `.yaml`, to its content; a copy's path ends in the name and `suffix_unsuppressed`.
    """
    if "results" not in report:
        return ("checkov found no template to judge",)
    results = report["results"]
    return (
        *(f"{path}: checkov cannot read it" for path in results["parsing_errors"]),
        *_uncounted(report, templates),
        *_failures(results["failed_checks"], suffix_unsuppressed),
        *_unfounded(results["failed_checks"], templates, suffix_unsuppressed),
    )


def _uncounted(report: Mapping[str, Any], templates: Mapping[str, Template]) -> Iterator[str]:
    there = 2 * sum(len(template["Resources"]) for template in templates.values())
    seen = report["summary"]["resource_count"]
    if seen != there:
        yield f"checkov judged {seen} resources, but the templates and their copies hold {there}"


def _failures(failed: list[dict[str, Any]], suffix_unsuppressed: str) -> Iterator[str]:
    for one in failed:
        if not one["file_path"].endswith(suffix_unsuppressed):
            first, _last = one["file_line_range"]
            yield f"{one['file_path'].lstrip('/')}:{first}: {_logical_id(one)} fails {one['check_id']} ({one['check_name']})"


def _unfounded(failed: list[dict[str, Any]], templates: Mapping[str, Template], suffix_unsuppressed: str) -> Iterator[str]:
    needed = {
        (name, _logical_id(one), one["check_id"])
        for one in failed
        for name in templates
        if one["file_path"].endswith(f"/{name}{suffix_unsuppressed}")
    }
    for name, template in templates.items():
        for one in suppressions_in(name, template):
            if len(one.reason) < REASON_CHARACTERS_MIN:
                yield f"{name}: {one.resource} suppresses {one.check} without a reason"
            if (name, one.resource, one.check) not in needed:
                yield f"{name}: {one.resource} suppresses {one.check}, which it would pass"


def _logical_id(finding: Mapping[str, Any]) -> str:
    return str(finding["resource"]).rpartition(".")[2]
