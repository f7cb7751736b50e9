"""A move of traffic: what will happen, shown before it does; each event of it as one line; how it ended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from deployer.planning.traffic import Move
from deployer.reporting.words import clock_text, duration
from deployer.vocabulary.events import Event, HoldChanged, NameAnswered, TrafficMoved


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveView:
    """A move before it is made."""

    move: Move

    def record(self) -> dict[str, Any]:
        """Return every row, objection and caution, and the bound in seconds."""
        move = self.move
        return {
            "event": "move_planned",
            "intent": move.intent,
            "name": move.name,
            "region": move.region,
            "nothing_to_do": move.is_nothing,
            "rows": [{"what": what, "now": now, "then": then} for what, now, then in move.rows],
            "objections": [{"fault": one.fault, "risk": one.risk} for one in move.objections],
            "cautions": list(move.cautions),
            "answered_seconds_max": move.answered_seconds_max,
            "sum": move.sum_sentence,
        }

    def drawing(self) -> RenderableType:
        """Return a table of now and then, what speaks against it, and how long it may take."""
        move = self.move
        table = Table(box=None, pad_edge=False, title=Text(f"{move.intent} of {move.name}"), title_justify="left")
        for title in ("", "now", "then"):
            table.add_column(title, overflow="fold")
        for what, now, then in move.rows:
            table.add_row(Text(what, "bold"), Text(now), Text(then, "dim" if now == then else "cyan"))
        objections = [Text.assemble(("against it: ", "bold red"), f"{one.fault}. If forced, {one.risk}.") for one in move.objections]
        cautions = [Text.assemble(("mind: ", "bold yellow"), caution) for caution in move.cautions]
        return Group(table, *objections, *cautions, Text(f"Worst case for callers: {move.sum_sentence}", "dim"))


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveEndView:
    """How a move ended that did not fail; `ttl_seconds` is how long resolvers may still remember the answer before."""

    move: Move
    outcome: str
    took_seconds: float
    ttl_seconds: int

    def record(self) -> dict[str, Any]:
        """Return the outcome and the seconds until every name server answered as intended."""
        return {
            "event": "move_ended",
            "intent": self.move.intent,
            "outcome": self.outcome,
            "name": self.move.name,
            "region": self.move.region,
            "took_seconds": round(self.took_seconds, 3),
            "ttl_seconds": self.ttl_seconds,
        }

    def drawing(self) -> RenderableType:
        """Return one sentence."""
        move = self.move
        if self.outcome == "nothing_to_do":
            return Text(f"Nothing to do: {self._stands()}.")
        rest = f"callers follow within the TTL of {self.ttl_seconds} s"
        return Text(f"{move.name} leads to {move.region} after {duration(self.took_seconds)}; {rest}.", "green")

    def _stands(self) -> str:
        move = self.move
        if move.intent == "fail-over" and move.hold is not None:
            return f"payments are held in {move.standby} since {move.hold.set_at} by {move.hold.set_by}, and {move.name} leads there"
        return f"payments are not held; {move.name} leads to {move.region} while it is healthy"


def move_line(event: Event) -> Text | None:
    """Return one event of a move as one line, None for an event of something else."""
    match event:
        case HoldChanged(action="set"):
            return _line(event, f"hold set in {event.region} by {event.set_by}: {event.reason}")
        case HoldChanged():
            return _line(event, f"hold cleared in {event.region}: it was set at {event.set_at} by {event.set_by}: {event.reason}")
        case NameAnswered():
            where = event.regions.replace(",", " and ") or "no Region that is known"
            return _line(event, f"{event.name} leads to {where} ({duration(event.after_seconds)})")
        case TrafficMoved():
            return _line(event, f"every name server leads {event.name} to {event.region}: {duration(event.took_seconds)}", "green")
    return None


def _line(event: Event, sentence: str, style: str = "") -> Text:
    return Text.assemble((f"{clock_text(event.at)}  ", "dim"), (sentence, style))
