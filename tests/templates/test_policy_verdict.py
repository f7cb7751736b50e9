"""The verdict of the policy gate on checkov's reports: it fails when it should, and only then."""

from __future__ import annotations

from typing import Any

from tests.policy.verdict import Suppression, faults, suppressions_in, unsuppressed

COPY = ".unsuppressed.json"
REASON = "Called synchronously, so no event is ever kept for a queue."


def _a_template(*skips: dict[str, str]) -> dict[str, Any]:
    """Return a template of one function that suppresses these checks."""
    function: dict[str, Any] = {"Type": "AWS::Lambda::Function", "Properties": {}}
    if skips:
        function["Metadata"] = {"checkov": {"skip": list(skips)}, "kept": True}
    return {"Description": "One function.", "Resources": {"Function": function}}


def _failing(path: str, check: str) -> dict[str, Any]:
    """Return a failed check as checkov reports it."""
    return {
        "file_path": f"/build/policy/{path}",
        "file_line_range": [7, 9],
        "resource": "AWS::Lambda::Function.Function",
        "check_id": check,
        "check_name": "Ensure so",
    }


def _a_report(*failed: dict[str, Any], resource_count: int = 2, unread: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return checkov's report on one template of one resource and its copy."""
    return {
        "results": {"failed_checks": list(failed), "parsing_errors": list(unread)},
        "summary": {"resource_count": resource_count},
    }


def _faults(report: dict[str, Any], template: dict[str, Any]) -> tuple[str, ...]:
    return faults(report, {"local/regional": template}, suffix_unsuppressed=COPY)


def test_clean_report_has_no_fault():
    """Nothing failed, everything was judged."""
    assert _faults(_a_report(), _a_template()) == ()


def test_failed_check_is_a_fault_with_its_place():
    """A reader finds the line in the rendered file."""
    failed = [_failing(f"local/regional{suffix}", "CKV_AWS_116") for suffix in (".yaml", COPY)]

    assert _faults(_a_report(*failed), _a_template()) == ("build/policy/local/regional.yaml:7: Function fails CKV_AWS_116 (Ensure so)",)


def test_suppression_of_what_would_fail_is_no_fault():
    """The copy without it fails, the template does not."""
    report = _a_report(_failing(f"local/regional{COPY}", "CKV_AWS_116"))

    assert _faults(report, _a_template({"id": "CKV_AWS_116", "comment": REASON})) == ()


def test_suppression_of_what_would_pass_is_a_fault():
    """Left behind, it would hide the day the check fails again."""
    [fault] = _faults(_a_report(), _a_template({"id": "CKV_AWS_116", "comment": REASON}))

    assert fault == "local/regional: Function suppresses CKV_AWS_116, which it would pass"


def test_suppression_without_a_reason_is_a_fault():
    """An auditor has to learn why, not that."""
    report = _a_report(_failing(f"local/regional{COPY}", "CKV_AWS_116"))
    [fault] = _faults(report, _a_template({"id": "CKV_AWS_116", "comment": "not needed"}))

    assert fault == "local/regional: Function suppresses CKV_AWS_116 without a reason"


def test_resource_that_checkov_passes_over_is_a_fault():
    """What is not looked at cannot fail."""
    [fault] = _faults(_a_report(resource_count=1), _a_template())

    assert fault == "checkov judged 1 resources, but the templates and their copies hold 2"


def test_template_that_checkov_cannot_read_is_a_fault():
    """checkov itself ends well then."""
    [fault] = _faults(_a_report(unread=("build/policy/local/regional.yaml",)), _a_template())

    assert "cannot read" in fault


def test_report_on_nothing_is_a_fault():
    """With no template found, checkov's report has no results at all."""
    assert _faults({"passed": 0, "failed": 0}, _a_template()) == ("checkov found no template to judge",)


def test_suppressions_are_read_with_their_reasons():
    """In the form that checkov reads."""
    template = _a_template({"id": "CKV_AWS_116", "comment": REASON})

    assert suppressions_in("local/regional", template) == (
        Suppression(template="local/regional", resource="Function", check="CKV_AWS_116", reason=REASON),
    )


def test_copy_suppresses_nothing_and_differs_in_nothing_else():
    """The template itself stays as it is."""
    template = _a_template({"id": "CKV_AWS_116", "comment": REASON})
    copy = unsuppressed(template)

    assert suppressions_in("local/regional", copy) == ()
    assert copy["Resources"]["Function"]["Metadata"] == {"kept": True}
    assert suppressions_in("local/regional", template) != ()
