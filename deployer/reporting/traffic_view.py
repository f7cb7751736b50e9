"""Where traffic goes, drawn below what stands: who takes payments, whether they are held and by whom, and each Region's health."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from deployer.planning.move_planner import health_words
from deployer.planning.traffic import Traffic


@dataclass(frozen=True, slots=True, kw_only=True)
class TrafficView:
    """One moment's traffic."""

    traffic: Traffic

    def record(self) -> dict[str, Any]:
        """Return the hold, the name servers' answers and each Region's health; null is what could not be asked."""
        traffic = self.traffic
        return {
            "event": "traffic",
            "name": traffic.name,
            "led_to": list(traffic.led_to),
            "hold": asdict(traffic.hold) if traffic.hold else None,
            "hold_problem": traffic.hold_problem,
            "answers": [
                {
                    "server": answer.server.address,
                    "target": answer.target,
                    "region": answer.region,
                    "ttl_seconds": answer.ttl_seconds,
                    "problem": answer.problem,
                }
                for answer in traffic.answers
            ],
            "regions": [
                {
                    "region": one.region,
                    "role": one.role,
                    "healthy": one.answers_well,
                    "health_status": one.status,
                    "said": one.said,
                    "checkers_healthy": one.seen_well,
                    "checkers_problem": one.checkers_problem,
                    "checkers": [asdict(report) for report in one.reports],
                }
                for one in traffic.regions
            ],
        }

    def drawing(self) -> RenderableType:
        """Return who takes payments first, then why."""
        lines = [Text.assemble(("payments: ", "bold"), *self._who())]
        for answer in sorted(self.traffic.answers, key=lambda one: one.server.address):
            told = f"{answer.target}, TTL {answer.ttl_seconds} s" if answer.target else answer.problem
            lines.append(Text(f"  name server {answer.server.address}: {told}", "dim"))
        lines.append(Text.assemble(("hold: ", "bold"), *self._hold()))
        for one in self.traffic.regions:
            colour = "green" if one.answers_well and one.seen_well is not False else "bold red"
            lines.append(Text.assemble((f"{one.region} ({one.role}): ", "bold"), (health_words(one), colour)))
            if one.checkers_problem:
                lines.append(Text(f"  checkers: {one.checkers_problem}", "dim"))
            lines += [Text(f"  checker in {report.region}: {report.status}", "dim") for report in one.reports if not report.passed]
        return Group(*lines)

    def _who(self) -> list[str | tuple[str, str]]:
        led = self.traffic.led_to
        if not led:
            return [("nobody knows who takes them: ", "bold red"), f"no name server answers for {self.traffic.name}"]
        if len(led) > 1:
            return [(" and ".join(led), "yellow"), f" take them: name servers disagree on {self.traffic.name}, as while it moves"]
        role = next((one.role for one in self.traffic.regions if one.region == led[0]), "neither of the two")
        return [(f"{led[0]} ({role})", "green" if role == "primary" else "yellow"), f" takes them: {self.traffic.name} leads there"]

    def _hold(self) -> list[str | tuple[str, str]]:
        hold, standby = self.traffic.hold, self.traffic.standby.region
        if self.traffic.hold_problem:
            return [("not known: ", "bold red"), self.traffic.hold_problem]
        if hold is None:
            return ["none: the primary takes payments while it is healthy"]
        return [(f"payments are held in {standby}", "yellow"), f" since {hold.set_at} by {hold.set_by}: {hold.reason}"]
