"""What becomes of a roll-out when a person presses Ctrl-C: it is watched on, left to AWS, or AWS is asked to stop.

SIGTERM is a Ctrl-C that nobody can be asked about.
"""

from __future__ import annotations

from typing import Final, Literal

from deployer.aws.stack_set_operations import stop_operation
from deployer.aws.stack_sets import list_instances, newest_operation
from deployer.planning.plan import StackSetRollout
from deployer.planning.spares import SpareRollout
from deployer.rollout.context import RolloutContext
from deployer.vocabulary.errors import StoppedWatching

Choice = Literal["go on", "stop watching", "stop operation"]

_GOES_ON: Final = "Run the same command again: it attaches to what still runs and goes on from there."


def act_on(choice: Choice, context: RolloutContext) -> None:
    """Return when the roll-out is to go on; raises StoppedWatching when it is not, and AwsRefused when AWS would not be asked to stop."""
    match choice:
        case "go on":
            return
        case "stop operation":
            raise _stopped_operation(context)
        case "stop watching":
            raise stopped_watching(context)


def stopped_watching(context: RolloutContext) -> StoppedWatching:
    """Return the end of a deployer that leaves everything to AWS, with the steps that it leaves in the middle."""
    under_way = f"Under way: {', '.join(context.under_way)}.\n" if context.under_way else ""
    return StoppedWatching("Stopped watching", f"{under_way}What AWS has begun goes on by itself; no further step was begun.", _GOES_ON)


def _stopped_operation(context: RolloutContext) -> StoppedWatching:
    """Ask AWS to stop this roll-out's operation and wait until it has; return the end that says what stands."""
    steps = [step for step in context.plan.steps if isinstance(step, StackSetRollout | SpareRollout)]
    own = tuple(f"{step.operation_id}-" for step in steps)
    patience = context.patience()
    stopped = ""
    while steps:
        newest = newest_operation(context.aws, steps[0].stack_set_name, steps[0].region)
        if newest is None or not newest.operation_id.startswith(own) or not newest.under_way or patience.used_up:
            break
        if newest.status != "STOPPING":
            stop_operation(context.aws, steps[0].stack_set_name, steps[0].region, newest.operation_id)
        stopped = newest.operation_id
        patience.pause()
    if not stopped:
        return StoppedWatching(
            "Stopped watching; there was no StackSet operation to stop",
            "What else AWS has begun goes on by itself; no further step was begun.",
            _GOES_ON,
        )
    instances = list_instances(context.aws, steps[0].stack_set_name, steps[0].region)
    return StoppedWatching(
        f"Stopped operation {stopped}",
        "\n".join(f"{one.region}: {one.status}" + (f" ({one.detailed_status})" if one.detailed_status else "") for one in instances),
        "The Regions may run different versions now. Run the same command again to go on, or roll the version before out to go back.",
    )
