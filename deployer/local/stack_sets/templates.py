"""A stack set's template and parameters: taken from a request, judged as CloudFormation judges a stack's.

Limits: 51,200 bytes inside a request, 1 MB behind a URL (F4.14). A longer template than a request may carry reaches
the instances' stacks by a URL of ours that only this process answers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

from deployer.local import attach_stack_sets
from deployer.local.stack_sets.refusals import Refused, invalid

BODY_BYTES_MAX: Final = 51_200
KEPT_URL: Final = "https://stack-set-templates.internal/"
_kept: dict[str, str] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateParameter:
    """A parameter as the template declares it; `default` is None when there is none."""

    name: str
    default: str | None
    no_echo: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A template CloudFormation can read, with what it declares and the capabilities it needs."""

    body: str
    parameters: tuple[TemplateParameter, ...]
    capabilities: tuple[str, ...]

    @property
    def for_a_stack(self) -> dict[str, str]:
        """Return the member of CreateStack and UpdateStack that carries this template."""
        return {"TemplateBody": self.body} if _fits_a_request(self.body) else {"TemplateURL": _keep(self.body)}


def kept_template(url: str) -> str | None:
    """Return the template behind a URL of ours, None for any other URL."""
    return _kept.get(url)


def requested_template(request: Mapping[str, Any]) -> Template | None:
    """Return the template a request carries or points to, None when it does neither; raises Refused."""
    if "TemplateBody" in request and "TemplateURL" in request:
        raise invalid("You can specify either TemplateBody or TemplateURL, but not both.")
    if "TemplateURL" in request:
        try:
            return read_template(attach_stack_sets.document_at(request["TemplateURL"]))
        except LookupError as error:
            raise invalid(str(error)) from error
    if "TemplateBody" not in request:
        return None
    if not _fits_a_request(request["TemplateBody"]):
        raise invalid(
            "1 validation error detected: Value at 'templateBody' failed to satisfy constraint: "
            f"Member must have length less than or equal to {BODY_BYTES_MAX}"
        )
    return read_template(request["TemplateBody"])


def read_template(body: str) -> Template:
    """Return what a template declares; raises Refused in CloudFormation's own words when it cannot read it."""
    try:
        sections = attach_stack_sets.parsed_template(body)
    except ValueError as error:
        raise invalid(str(error)) from error
    return Template(
        body=body,
        parameters=tuple(
            TemplateParameter(
                name=name,
                default=None if "Default" not in declared else str(declared["Default"]),
                no_echo=str(declared.get("NoEcho", False)).lower() == "true",
            )
            for name, declared in (sections.get("Parameters") or {}).items()
        ),
        capabilities=attach_stack_sets.capabilities_needed(sections),
    )


def check_capabilities(template: Template, given: Sequence[str]) -> None:
    """Raise Refused (InsufficientCapabilitiesException) unless the caller acknowledged what the template needs."""
    acknowledged = {*given, *(("CAPABILITY_IAM",) if "CAPABILITY_NAMED_IAM" in given else ())}
    missing = [capability for capability in template.capabilities if capability not in acknowledged]
    if missing:
        raise Refused("InsufficientCapabilitiesException", f"Requires capabilities : [{', '.join(missing)}]")


def settled_parameters(template: Template, given: Sequence[Mapping[str, Any]], previous: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the values given for a stack set's parameters; those left out take the template's default.

    `previous` are the values an update may refer to by UsePreviousValue. Raises Refused for a name the template does
    not declare, a previous value that is not there, and a parameter with neither value nor default.
    """
    values: dict[str, str] = {}
    for name, value in _pairs(template, given):
        if value is not None:
            values[name] = value
        elif previous is None or name not in {parameter.name for parameter in template.parameters}:
            raise invalid(
                f"Invalid input for parameter key {name}. Cannot specify usePreviousValue as true for a parameter key "
                "not in the previous template"
            )
        elif name in previous:
            values[name] = previous[name]
    missing = [parameter.name for parameter in template.parameters if parameter.default is None and parameter.name not in values]
    if missing:
        raise invalid(f"Parameters: [{', '.join(missing)}] must have values")
    return values


def settled_overrides(template: Template, given: Sequence[Mapping[str, Any]], present: Mapping[str, str]) -> dict[str, str]:
    """Return an instance's overrides after a request that lists them (F4.13).

    A listed value replaces the present one, UsePreviousValue keeps it, and a parameter that is not listed goes back to
    the stack set's value [B CreateStackInstances:ParameterOverrides].
    """
    pairs = [(name, present.get(name) if value is None else value) for name, value in _pairs(template, given)]
    return {name: value for name, value in pairs if value is not None}


def _pairs(template: Template, given: Iterable[Mapping[str, Any]]) -> list[tuple[str, str | None]]:
    """Return (name, value) with None for UsePreviousValue; raises Refused for unknown names and contradictions."""
    pairs = []
    for parameter in given:
        name = parameter.get("ParameterKey", "")
        keeps = parameter.get("UsePreviousValue", False)
        if keeps and "ParameterValue" in parameter:
            raise invalid(f"Invalid input for parameter key {name}. Cannot specify usePreviousValue as true and a value as well")
        pairs.append((name, None if keeps else parameter.get("ParameterValue", "")))
    declared = {parameter.name for parameter in template.parameters}
    unknown = [name for name, _ in pairs if name not in declared]
    if unknown:
        raise invalid(f"Parameters: [{', '.join(unknown)}] do not exist in the template")
    return pairs


def _fits_a_request(body: str) -> bool:
    return len(body.encode()) <= BODY_BYTES_MAX


def _keep(body: str) -> str:
    url = KEPT_URL + sha256(body.encode()).hexdigest()
    _kept[url] = body
    return url
