"""What a person has to say before something is changed, and what has to stand on the command line when there is no person.

A roll-out and a move of traffic ask one question, which `--yes` answers. A tear-down asks for the environment's suffix, typed, and for
the name of each bucket that is not empty, typed; without a terminal the same words stand on the command line (`--confirm`,
`--empty-bucket`), so that no script deletes what its author has not named.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import click

from deployer.vocabulary.errors import InputRefused, Mistake

if TYPE_CHECKING:
    from deployer.cli.asking import Asker
    from deployer.params.scenario import Scenario
    from deployer.planning.mending import Mending
    from deployer.planning.plan import BucketEmptying, RolloutPlan
    from deployer.planning.traffic import Move
    from deployer.rollout.interruption import Choice

_AFTER_INTERRUPT: Final = """AWS goes on by itself meanwhile.
  go     watch on
  stop   have AWS stop after the Region it is at
  Enter  stop watching; the same command attaches again
Your choice"""


def agree_to_roll_out(plan: RolloutPlan, asker: Asker, *, yes: bool) -> None:
    """Return when the plan may be performed; raises InputRefused when the person says no or there is none to ask."""
    if yes:
        return
    if not asker.is_there:
        raise InputRefused(
            "A confirmation is needed, and without a terminal nobody can be asked",
            hint="Read the plan (`deployer plan PARAMS`), then run the same command with --yes.",
        )
    if not asker.yes(f"Perform this plan on {plan.suffix} in account {plan.account_id}?"):
        raise InputRefused("Not confirmed; nothing was changed")


def after_interrupt(asker: Asker, *, may_ask: bool = True) -> Choice:
    """Return what a person wants who pressed Ctrl-C; without one to ask, and after a second Ctrl-C, it is to stop watching.

    Who was told to end by a signal may not ask: nobody may be at the terminal, and the next signal would kill.
    """
    if not (may_ask and asker.is_there):
        return "stop watching"
    try:
        typed = asker.typed(_AFTER_INTERRUPT)
    except click.Abort:
        return "stop watching"
    return {"go": "go on", "go on": "go on", "stop": "stop operation"}.get(typed.lower(), "stop watching")  # type: ignore[return-value]


def agree_to_move(move: Move, asker: Asker, *, yes: bool) -> None:
    """Return when traffic may be moved; raises InputRefused when the person says no or there is none to ask."""
    if yes:
        return
    if not asker.is_there:
        raise InputRefused("A confirmation is needed, and without a terminal nobody can be asked", hint="Run the same command with --yes.")
    if not asker.yes(f"Lead {move.name} to {move.region}?"):
        raise InputRefused("Not confirmed; nothing was changed")


def agree_to_drill(suffix: str, scenarios: tuple[Scenario, ...], asker: Asker, *, yes: bool) -> None:
    """Return when payments at AWS may be drilled with; raises InputRefused when the person says no or there is none to ask."""
    if yes:
        return
    if not asker.is_there:
        raise InputRefused("A confirmation is needed, and without a terminal nobody can be asked", hint="Run the same command with --yes.")
    names = ", ".join(one.name for one in scenarios)
    if not asker.yes(f"Drill {names} on {suffix} at AWS, with payments of its own in the real ledger?"):
        raise InputRefused("Not confirmed; nothing was changed")


def agree_to_mend(mending: Mending, asker: Asker, *, yes: bool) -> None:
    """Return when the stacks may be mended; raises InputRefused when the person says no or there is none to ask."""
    if yes:
        return
    if not asker.is_there:
        raise InputRefused("A confirmation is needed, and without a terminal nobody can be asked", hint="Run the same command with --yes.")
    if not asker.yes(f"Mend {len(mending.mends)} of {mending.suffix}'s stacks in account {mending.account_id}?"):
        raise InputRefused("Not confirmed; nothing was changed")


def agree_to_tear_down(plan: RolloutPlan, asker: Asker, *, confirm: str | None, empty_buckets: tuple[str, ...]) -> None:
    """Return when the suffix and each bucket that is not empty were named; raises InputRefused with all that is missing.

    Args:
        plan: the tear-down.
        asker: who is asked for what `confirm` and `empty_buckets` leave open.
        confirm: the suffix as typed on the command line.
        empty_buckets: names of buckets as typed on the command line.
    """
    full = tuple(step for step in full_buckets(plan) if step.bucket not in empty_buckets)
    mistakes = [] if confirm in (None, plan.suffix) else [Mistake(place="--confirm", sentence=f"{confirm} is not {plan.suffix}")]
    known = {step.bucket for step in full_buckets(plan)}
    mistakes += [
        Mistake(place="--empty-bucket", sentence=f"{name} is no bucket that this tear-down would empty")
        for name in empty_buckets
        if name not in known
    ]
    if mistakes:
        raise InputRefused("The tear-down was not confirmed; nothing was changed", tuple(mistakes))
    if not asker.is_there:
        _refuse_unless_named(plan, confirm, full)
        return
    if confirm is None and asker.typed(f"Type {plan.suffix} to tear it down") != plan.suffix:
        raise InputRefused("Not confirmed; nothing was changed")
    for step in full:
        typed = asker.typed(f"{step.bucket} in {step.region} holds {step.objects_count} object versions; type its name to delete them")
        if typed != step.bucket:
            raise InputRefused(f"{step.bucket} is not to be emptied; nothing was changed")


def full_buckets(plan: RolloutPlan) -> tuple[BucketEmptying, ...]:
    """Return the steps that would delete objects."""
    from deployer.planning.plan import BucketEmptying

    return tuple(step for step in plan.steps_to_do if isinstance(step, BucketEmptying) and step.objects_count)


def _refuse_unless_named(plan: RolloutPlan, confirm: str | None, full: tuple[BucketEmptying, ...]) -> None:
    missing = [Mistake(place="--confirm", sentence=f"has to name the suffix, {plan.suffix}")] if confirm is None else []
    missing += [
        Mistake(place="--empty-bucket", sentence=f"has to name {step.bucket}: {step.objects_count} object versions would be deleted")
        for step in full
    ]
    if not missing:
        return
    words = [f"--confirm {plan.suffix}", *(f"--empty-bucket {step.bucket}" for step in full_buckets(plan))]
    raise InputRefused(
        "A tear-down is confirmed by naming what goes, and without a terminal nobody can be asked",
        tuple(missing),
        hint=f"If all of it may go, add: {' '.join(words)}",
    )
