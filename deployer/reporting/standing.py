"""What stands in AWS, in words: judged from a survey alone, without asking what the parameter file wants.

The words are kept apart: a stack is `current`, `outdated` (its instance has not got the StackSet's newest definition), `failed`
(an operation on it ended badly), `rolled back` (likewise, and it is whole again as it was before), `in progress` or `missing`; the
Regions have `diverged` when they run different definitions. Whether a resource has drifted from its stack, `drift` tells; whether the
parameter file asks for something else, `plan`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final, Literal

from deployer.planning.divergence import divergences
from deployer.planning.survey import OpenRollout, StackFacts, StackInstanceFacts, Survey
from deployer.vocabulary.places import place_name

Word = Literal["current", "outdated", "rolled back", "failed", "in progress", "missing"]

# What stands whole. A stack that rolled back takes no update to the definition it has: were it unsound, nothing would lead out of it.
SOUND: Final = frozenset({"current", "in progress", "rolled back"})

ACTIVATION_PARAMETER: Final = "Activation"
SPARE_PART: Final = "spare"
# Another account's stack is not the caller's to read, and silence would look like soundness.
NOT_LOOKED_INTO: Final = "not looked into"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One stack of the system in one Region; `status` is AWS's own word, `facts` are more (name, value) pairs worth a line.

    `account_id` is "" in the account that everything is steered from.
    """

    name: str
    region: str
    word: Word
    status: str
    reason: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    account_id: str = ""

    @property
    def where(self) -> str:
        """What a person calls its place."""
        return place_name(self.account_id, self.region, "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The whole system: bootstrap and regional part of each Region, then the global stack; Regions primary first; then spares.

    `diverged` says in sentences how the Regions differ; `open_rollout` who rolls out or gave it up, "" when no roll-out is open.
    """

    suffix: str
    account_id: str
    regions: tuple[tuple[str, str], ...]
    home_region: str
    parts: tuple[Part, ...]
    last_operation: str
    diverged: tuple[str, ...] = ()
    open_rollout: str = ""

    @property
    def is_absent(self) -> bool:
        """Whether nothing of the system exists."""
        return all(part.word == "missing" for part in self.parts)

    @property
    def is_sound(self) -> bool:
        """Whether everything is current, the same everywhere, and no roll-out is open; or nothing exists. An operation may be under way."""
        return self.is_absent or (not self.diverged and not self.open_rollout and all(part.word in SOUND for part in self.parts))


def judge_standing(survey: Survey, *, suffix: str, regions: tuple[tuple[str, str], ...], home_region: str) -> Standing:
    """Return what stands; `regions` are (name, role) pairs, the primary first."""
    names = tuple(name for name, _ in regions)
    bootstraps = {stack.region: stack for stack in survey.bootstrap}
    instances = survey.stack_set.in_account(survey.account_id, names) if survey.stack_set else {}
    spares = [one for one in survey.stack_set.instances if instances.get(one.region) is not one] if survey.stack_set else []
    operation = survey.stack_set.last_operation if survey.stack_set else None
    return Standing(
        suffix=suffix,
        account_id=survey.account_id,
        regions=regions,
        home_region=home_region,
        parts=(
            *(_stack_part("bootstrap", region, bootstraps.get(region)) for region in names),
            *(_instance_part(region, instances.get(region)) for region in names),
            _stack_part("global", home_region, survey.global_),
            *(_stack_part("bootstrap", region, stack) for region, stack in bootstraps.items() if region not in names),
            *(_spare_part(one, survey.account_id) for one in spares),
        ),
        last_operation=f"{operation.action} {operation.status} ({operation.operation_id})" if operation else "none",
        diverged=divergences(survey.stack_set, names, survey.account_id),
        open_rollout=_open_rollout(survey.open_rollout),
    )


def _open_rollout(open_: OpenRollout | None) -> str:
    """Return who rolls out since when, and what is known of how it goes."""
    if open_ is None:
        return ""
    how = f"; it failed and is to be undone: {open_.undoing}" if open_.undoing else ""
    doing = "is rolling out, or was killed in it," if open_.is_held else "left a roll-out unfinished, begun"
    return f"{open_.holder} {doing} {'since ' if open_.is_held else 'at '}{open_.began_at}{how}"


def _stack_part(name: str, region: str, stack: StackFacts | None) -> Part:
    if stack is None:
        return Part(name=name, region=region, word="missing", status="")
    return Part(name=name, region=region, word=word_of(stack.status), status=stack.status, reason=stack.status_reason)


def _instance_part(region: str, instance: StackInstanceFacts | None) -> Part:
    if instance is None:
        return Part(name="regional", region=region, word="missing", status="")
    stack = instance.stack
    activation = dict(stack.parameters).get(ACTIVATION_PARAMETER, "") if stack else ""
    facts = [("instance", f"{instance.status} {instance.detailed_status}".strip()), ("activation", activation)]
    word: Word = "missing" if stack is None else word_of(stack.status)
    if word == "rolled back" and instance.status == "CURRENT":
        word = "current"  # what it went back to is what its StackSet asks for now
    if word in ("current", "rolled back") and instance.status == "OUTDATED":
        word = "outdated"
    if instance.status == "INOPERABLE" or (word != "in progress" and instance.detailed_status == "FAILED"):
        word = "failed"
    return Part(
        name="regional",
        region=region,
        word=word,
        status=stack.status if stack else "",
        reason=instance.status_reason or (stack.status_reason if stack else ""),
        facts=tuple((name, value) for name, value in facts if value),
    )


def _spare_part(instance: StackInstanceFacts, home_account: str) -> Part:
    """Return a spare; of another account's there is the StackSet's word alone, since nobody else may ask for its stack."""
    if instance.account_id == home_account:
        return replace(_instance_part(instance.region, instance), name=SPARE_PART)
    word: Word = "current" if instance.status == "CURRENT" else "outdated"
    if instance.detailed_status in ("PENDING", "RUNNING"):
        word = "in progress"
    elif instance.status == "INOPERABLE" or instance.detailed_status == "FAILED":
        word = "failed"
    drift = NOT_LOOKED_INTO if instance.drift_status in ("", "NOT_CHECKED") else f"{instance.drift_status} when its StackSet looked last"
    return Part(
        name=SPARE_PART,
        region=instance.region,
        account_id=instance.account_id,
        word=word,
        status="",
        reason=instance.status_reason,
        facts=(
            ("instance", f"{instance.status} {instance.detailed_status}".strip()),
            ("stack", NOT_LOOKED_INTO),
            ("drift", drift),
        ),
    )


def word_of(stack_status: str) -> Word:
    """Return our word for a CloudFormation stack status; one whose creation was rolled back has failed, for nothing stands of it."""
    if stack_status.endswith("_IN_PROGRESS"):
        return "in progress"
    if stack_status in ("UPDATE_ROLLBACK_COMPLETE", "IMPORT_ROLLBACK_COMPLETE"):
        return "rolled back"
    if "ROLLBACK" in stack_status or "FAILED" in stack_status:
        return "failed"
    return "missing" if stack_status == "DELETE_COMPLETE" else "current"
