"""Which stacks can be led out of a status that takes no update, by what CloudFormation offers and without losing anything.

Three deeds, each for one kind of stack: a rollback that failed is continued; a stack that stopped at its failure is rolled back; one whose
creation was never finished is deleted, unless it holds what its template keeps. Everything else stays a person's to decide, and blockers
say what. Most instances' stacks that were never finished are the roll-out's own: their StackSet makes them anew (F4.9).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from deployer.params.model import Environment
from deployer.planning.blockers import account_blockers, operation_blockers, protection_blockers
from deployer.planning.kept_resources import kept_resources
from deployer.planning.plan import Blocker, Bounds
from deployer.planning.planner import bounds_of
from deployer.planning.stack_set_steps import stacks_of
from deployer.planning.survey import StackFacts, Survey

Deed = Literal["continue the rollback of", "roll back", "delete"]

# [user guide: Stack status codes]
_BY_STATUS: Final[dict[str, Deed]] = {"UPDATE_ROLLBACK_FAILED": "continue the rollback of", "UPDATE_FAILED": "roll back"}
NEVER_FINISHED: Final = ("ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED", "REVIEW_IN_PROGRESS")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mend:
    """One stack and what is done to it; `status` is the one it is in, `reason` CloudFormation's own words about it or empty."""

    deed: Deed
    stack_name: str
    stack_id: str
    region: str
    status: str
    reason: str

    @property
    def title(self) -> str:
        """What a person calls this."""
        return f"{self.deed} {self.stack_name} in {self.region}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mending:
    """All that can be mended of a system, in the order it is done, and what speaks against doing it."""

    suffix: str
    account_id: str
    home_region: str
    mends: tuple[Mend, ...]
    objections: tuple[Blocker, ...]
    bounds: Bounds


def unfinished(survey: Survey) -> tuple[StackFacts, ...]:
    """Return the stacks whose creation was never finished and that no StackSet makes anew."""
    single = (stack for stack in _single(survey) if stack.status in NEVER_FINISHED)
    return (*single, *(stack for stack in stacks_of(survey.stack_set) if stack.status == "ROLLBACK_FAILED"))


def plan_mending(environment: Environment, survey: Survey, standing: Mapping[str, tuple[str, ...]]) -> Mending:
    """Return what can be mended of what the survey saw.

    `standing` maps the StackId of each `unfinished` stack to the logical ids of its resources that exist.
    """
    stuck = [stack for stack in (*_single(survey), *stacks_of(survey.stack_set)) if stack.status in _BY_STATUS]
    never = unfinished(survey)
    return Mending(
        suffix=environment.suffix,
        account_id=survey.account_id,
        home_region=environment.home_region,
        mends=(*(_mend(stack, _BY_STATUS[stack.status]) for stack in stuck), *(_mend(stack, "delete") for stack in never)),
        objections=(
            *account_blockers(environment, survey),
            *(operation_blockers(survey.stack_set, ()) if survey.stack_set else ()),
            *(blocker for stack in never for blocker in (*protection_blockers(stack), *_keeping(stack, standing.get(stack.stack_id, ())))),
        ),
        bounds=bounds_of(environment),
    )


def _single(survey: Survey) -> tuple[StackFacts, ...]:
    return (*survey.bootstrap, *((survey.global_,) if survey.global_ else ()))


def _mend(stack: StackFacts, deed: Deed) -> Mend:
    return Mend(
        deed=deed, stack_name=stack.name, stack_id=stack.stack_id, region=stack.region, status=stack.status, reason=stack.status_reason
    )


def _keeping(stack: StackFacts, standing: tuple[str, ...]) -> Iterator[Blocker]:
    kept = [one.logical_id for one in kept_resources((stack,)) if one.logical_id in standing]
    if kept:
        yield Blocker(
            summary=f"{stack.name} in {stack.region} was never finished, and holds {', '.join(kept)}, which its template keeps",
            hint=(
                "Deleting the stack would leave that behind with its name taken. See what is in it, delete it by hand or keep it to be "
                f"imported, then run `aws cloudformation delete-stack --stack-name {stack.name} --region {stack.region}`."
            ),
        )
