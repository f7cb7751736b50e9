"""Drifted: resources that differ from their stack. What was found, stack by stack, with what is outdated or diverged beside it.

Facts are found by `take_drift`; here they become words, and nothing is asked of anybody. Values that look like secrets are hidden already.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from deployer.aws.drift import PropertyDifference, ResourceDrift
from deployer.planning.secret_values import shown
from deployer.vocabulary.errors import AwsRefused, DeployerError, Diverged
from deployer.vocabulary.places import place_name

Word = Literal["in sync", "drifted", "not compared"]

_DRIFTED: Final = ("MODIFIED", "DELETED")


@dataclass(frozen=True, slots=True, kw_only=True)
class StackDrift:
    """One stack. `part` is bootstrap, regional or global; `resources` are those that drifted, `unread` those AWS could not read.

    `compared_count` counts the resources that were compared; the types CloudFormation cannot compare are not among them. `reason` says
    why a stack, or a part of it, was not compared.
    """

    part: str
    stack_name: str
    region: str
    word: Word
    compared_count: int
    resources: tuple[ResourceDrift, ...] = ()
    unread: tuple[ResourceDrift, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpareElsewhere:
    """A spare of another account, whose stack is not the caller's to compare; `drift_status` is what its StackSet found, when it looked."""

    account_id: str
    region: str
    drift_status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DriftReport:
    """A whole system: every stack that stands, and sentences about what is outdated and what has diverged.

    `elsewhere` was not looked into, which is no fault of the system; what the StackSet itself found drifted there is one.
    """

    suffix: str
    account_id: str
    stacks: tuple[StackDrift, ...]
    outdated: tuple[str, ...]
    diverged: tuple[str, ...]
    elsewhere: tuple[SpareElsewhere, ...] = ()

    @property
    def drifted(self) -> tuple[StackDrift, ...]:
        """The stacks with a resource that drifted."""
        return tuple(stack for stack in self.stacks if stack.resources)

    @property
    def drifted_elsewhere(self) -> tuple[SpareElsewhere, ...]:
        """The spares of other accounts that the StackSet's last detection found drifted."""
        return tuple(spare for spare in self.elsewhere if spare.drift_status == "DRIFTED")

    @property
    def unsure(self) -> tuple[StackDrift, ...]:
        """The stacks that were not compared, or not whole."""
        return tuple(stack for stack in self.stacks if stack.word == "not compared" or stack.unread)

    @property
    def is_clean(self) -> bool:
        """Whether everything was compared and is what was rolled out."""
        return not (self.drifted or self.drifted_elsewhere or self.outdated or self.diverged or self.unsure)


def drift_of(*, part: str, stack_name: str, region: str, looked_at: tuple[ResourceDrift, ...], reason: str = "") -> StackDrift:
    """Return a stack's drift from what a detection looked at; `reason` is what AWS says when it could not compare everything."""
    resources = tuple(_without_secrets(one) for one in looked_at if one.status in _DRIFTED)
    unread = tuple(one for one in looked_at if one.status == "UNKNOWN")
    compared_count = sum(one.status in (*_DRIFTED, "IN_SYNC") for one in looked_at)
    word: Word = "drifted" if resources else "not compared" if reason and not compared_count else "in sync"
    return StackDrift(
        part=part,
        stack_name=stack_name,
        region=region,
        word=word,
        compared_count=compared_count,
        resources=resources,
        unread=unread,
        reason=reason,
    )


def not_compared(*, part: str, stack_name: str, region: str, reason: str) -> StackDrift:
    """Return a stack that could not be compared, and why."""
    return StackDrift(part=part, stack_name=stack_name, region=region, word="not compared", compared_count=0, reason=reason)


def objection_to(report: DriftReport, params: str) -> DeployerError | None:
    """Return the error that a report which is not clean ends with, the way out of each kind in it; None for a clean one.

    `params` is the parameter file, as commands are to name it. It is Diverged, or AwsRefused when the only fault is that AWS could not
    compare what it should have.
    """
    if report.is_clean:
        return None
    found = (
        *(f"{_where(stack)}: {_listed(stack)}" for stack in report.drifted),
        *(f"{place_name(spare.account_id, spare.region, '')}: DRIFTED, says its StackSet" for spare in report.drifted_elsewhere),
        *report.outdated,
        *report.diverged,
        *(f"{_where(stack)}: not compared{' whole' if stack.compared_count else ''}: {stack.reason}" for stack in report.unsure),
    )
    drifted = report.drifted or report.drifted_elsewhere
    kinds = [word for word, has in (("drifted", drifted), ("outdated", report.outdated), ("diverged", report.diverged)) if has]
    if not kinds:
        first = report.unsure[0]
        return AwsRefused(
            service="cloudformation",
            operation="DetectStackDrift",
            region=first.region,
            code="DETECTION_FAILED",
            message="\n".join(found),
            hint="Give the caller permission to read what AWS names (or wait until the stack has settled), then run the same command.",
        )
    return Diverged(f"{report.suffix} is {' and '.join(kinds)}", "\n".join(found), " ".join(_ways_out(report, params)))


def _ways_out(report: DriftReport, params: str) -> tuple[str, ...]:
    # CloudFormation compares an update with the template before, not with the resource: a roll-out alone leaves drift as it is.
    by_hand = (
        "Drifted: set each property back to what is expected, or take it into the parameter file or template and roll out; "
        "an unchanged roll-out leaves it."
    )
    lost = "A resource that was deleted by hand comes back when its own definition changes, or by a change set in mode REVERT_DRIFT."
    behind = f"Outdated or diverged: `deployer roll-out {params}` brings every Region to the same definition."
    deleted = any(one.status == "DELETED" for stack in report.drifted for one in stack.resources)
    return (
        *((by_hand,) if report.drifted or report.drifted_elsewhere else ()),
        *((lost,) if deleted else ()),
        *((behind,) if report.outdated or report.diverged else ()),
    )


def _where(stack: StackDrift) -> str:
    return f"{stack.part} in {stack.region}"


def _listed(stack: StackDrift) -> str:
    return ", ".join(f"{one.logical_id} {'was deleted' if one.status == 'DELETED' else 'was changed'}" for one in stack.resources)


def _without_secrets(drift: ResourceDrift) -> ResourceDrift:
    kind = drift.resource_type
    differences = tuple(
        PropertyDifference(
            path=one.path,
            expected=shown(one.expected, path=one.path, resource_type=kind),
            actual=shown(one.actual, path=one.path, resource_type=kind),
            kind=one.kind,
        )
        for one in drift.differences
    )
    return ResourceDrift(
        logical_id=drift.logical_id,
        physical_id=drift.physical_id,
        resource_type=kind,
        status=drift.status,
        reason=drift.reason,
        differences=differences,
    )
