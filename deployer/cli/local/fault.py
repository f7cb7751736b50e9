"""`deployer local fault`."""

from __future__ import annotations

import click

from deployer.cli.embedded import require_running
from deployer.cli.options import reporting_options
from deployer.cli.session import Session


@click.command()
@click.argument("kind")
@click.argument("region", metavar="[REGION]", required=False)
@click.option("--peer", metavar="REGION", help="The other side of a partition.")
@click.option("--service", metavar="NAME", help="The service that is out, or the canary that is broken.")
@click.option("--rate", type=float, metavar="SHARE", help="How many of all, from above 0 to 1.")
@click.option("--latency-seconds", type=float, metavar="SECONDS", help="How much later a slow Region answers.")
@reporting_options
@click.pass_obj
def fault(
    session: Session,
    kind: str,
    region: str | None,
    peer: str | None,
    service: str | None,
    rate: float | None,
    latency_seconds: float | None,
) -> None:
    """Break something of the embedded AWS; `deployer local heal` mends it.

    KIND is one of dead, black-hole, slow, failing, service-out, partition, isolated, checker-wrong, canary-broken, watcher-cut-off and
    zone-lost; docs/local.md says what each does and what it stands for. Faults add up.
    """
    given = {"kind": kind, "region": region, "peer": peer, "service": service, "rate": rate, "latency_seconds": latency_seconds}
    fault_id = session.rooms.inject_fault(require_running(session), {name: value for name, value in given.items() if value is not None})
    session.report.note(f"{fault_id} is in force; `deployer local heal {fault_id}` mends it.", fault_id=fault_id)
