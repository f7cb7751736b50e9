"""What faults do behind the listeners: to replication, copies, functions and schedules; put together once, when the server starts."""

from __future__ import annotations

from deployer.local import attach, attach_faults, attach_lost_functions, copies
from deployer.local.faults import RegionFaults
from deployer.local.replication import Replication


def take_effect(faults: RegionFaults, *, lag_seconds: float, conflict_rate: float) -> Replication:
    """Let faults decide about everything that MiniStack does by itself; to be called once, on the event loop. Returns the replication."""
    attach.verify(attach_lost_functions.SEAMS)
    attach_faults.note_functions_keys()
    attach_lost_functions.run_functions_only_where(lambda region: faults.alive(region) and not faults.service_is_out(region, "lambda"))
    attach_lost_functions.keep_schedules_only_where(faults.alive)
    copies.WAITING.follow(faults)
    replication = Replication(faults, lag_seconds=lag_seconds, conflict_rate=conflict_rate)
    replication.register()
    return replication
