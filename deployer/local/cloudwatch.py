"""CloudWatch's own work for one embedded AWS: canaries that run by their schedules, and alarms that are judged by their minutes."""

from __future__ import annotations

import asyncio

from deployer.local.alarm_evaluation import AlarmEvaluation
from deployer.local.faults import RegionFaults
from deployer.local.state import LocalState
from deployer.local.synthetics.operations import give_variables
from deployer.local.synthetics.runs import CanaryRuns, CanarySurroundings


class CloudWatch:
    """Alarms and canaries of the account of `state`, in a world that is broken as `faults` say."""

    def __init__(self, state: LocalState, faults: RegionFaults, *, time_scale: float = 1.0) -> None:
        # The authority that the edges' certificates come from.
        give_variables(SSL_CERT_FILE=state.ca_bundle)
        around = CanarySurroundings(
            names=_place(state.dns or ""),
            edges={region: _place(edge) for region, edge in state.edges.items()},
            alive=faults.alive,
            reachable=lambda one, other: faults.connected(one, other) and not faults.watcher_is_cut_off(one),
            broken=faults.canary_broken,
        )
        self._alarms = AlarmEvaluation(state.account_id, time_scale=time_scale, alive=faults.alive)
        self._canaries = CanaryRuns(around, time_scale=time_scale)

    async def run(self) -> None:
        """Work until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._alarms.run())
            group.create_task(self._canaries.run())


def _place(written: str) -> tuple[str, int]:
    address, _, port = written.rpartition(":")
    return address, int(port or 0)
