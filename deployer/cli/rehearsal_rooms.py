"""The rooms of a rehearsal: the same library, an embedded AWS of its own, and whatever the file says of an account left out."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from deployer.cli.rooms import Rooms, require_local_extra

if TYPE_CHECKING:
    from deployer.local.state import LocalState
    from deployer.params.model import Environment

# The embedded AWS is ready in a moment, and nobody else pays on it who could show what a gate waits for; bounds stay as they are.
POLL_SECONDS_MAX: Final = 0.2
BURN_IN_SECONDS_MAX: Final = 5.0
SAMPLE_SECONDS_MAX: Final = 1.0


class RehearsalRooms(Rooms):
    """Rooms whose AWS is made for one rehearsal, in a folder that goes with it; `time_scale` is how many times faster seconds pass."""

    def __init__(self, time_scale: float = 1.0) -> None:
        super().__init__()
        self._home = Path(tempfile.mkdtemp(prefix="payment-rehearsal-"))
        self._time_scale = time_scale
        self._account_id: str | None = None

    def load(self, path: Path) -> Environment:
        """Return the file's environment as it is rehearsed (`rehearsed`)."""
        environment = rehearsed(super().load(path))
        self._account_id = environment.account_id
        return environment

    def start_embedded(self, regions: tuple[str, ...] | None = None) -> LocalState:
        """Return the rehearsal's own embedded AWS, of the file's account, started when it does not run yet."""
        require_local_extra()
        from deployer.local import control

        account_id = self._account_id or control.DEFAULT_ACCOUNT_ID
        return control.start(
            self._home,
            regions or control.DEFAULT_REGIONS,
            port=0,
            edge_port=0,
            dns_port=0,
            time_scale=self._time_scale,
            account_id=account_id,
        )

    def running_embedded(self) -> LocalState | None:
        """Return the rehearsal's own embedded AWS if it runs."""
        from deployer.local import control

        return control.status(self._home)

    def stop_embedded(self) -> bool:
        """End it and take its folder away; tell whether it ran."""
        from deployer.local import control

        ran = control.stop(self._home)
        shutil.rmtree(self._home, ignore_errors=True)
        return ran


def rehearsed(environment: Environment) -> Environment:
    """Return the environment with `target: local`, and without what names things of a real account (`left_out`)."""
    from deployer.params.delivery import CiParameters

    kept = environment.backup.model_copy(update={"enabled": environment.is_backed_up})
    rollout = environment.rollout
    rollout = rollout.model_copy(
        update={
            "poll_seconds": min(rollout.poll_seconds, POLL_SECONDS_MAX),
            "gate_burn_in_seconds": min(rollout.gate_burn_in_seconds, BURN_IN_SECONDS_MAX),
            "gate_sample_seconds": min(rollout.gate_sample_seconds, SAMPLE_SECONDS_MAX),
        }
    )
    return environment.model_copy(
        update={
            "target": "local",
            "backup": kept,
            "rollout": rollout,
            "zone": environment.zone.model_copy(update={"hosted_zone_id": None}),
            "security": environment.security.model_copy(update={"permissions_boundary_arn": None}),
            "ci": CiParameters(),
        }
    )


def left_out(environment: Environment) -> tuple[str, ...]:
    """Return the parameters, as the file has them, that a rehearsal cannot take along: they name what only the account has."""
    named = (
        ("zone.hosted_zone_id", environment.zone.hosted_zone_id),
        ("security.permissions_boundary_arn", environment.security.permissions_boundary_arn),
        ("ci.github_repository", environment.ci.github_repository),
    )
    return tuple(place for place, value in named if value is not None)
