"""What stands, drawn with both Regions side by side, and where traffic goes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any, Final

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from deployer.planning.traffic import Traffic
from deployer.reporting.standing import SOUND, SPARE_PART, Part, Standing
from deployer.reporting.traffic_view import TrafficView

_COLOURS: Final = {
    "current": "green",
    "outdated": "yellow",
    "rolled back": "yellow",
    "failed": "bold red",
    "in progress": "cyan",
    "missing": "dim",
}

_ACCOUNTS_SHOWN_MAX: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusView:
    """One system's standing and, where there is something to lead traffic to, its traffic."""

    standing: Standing
    traffic: Traffic | None = None

    def record(self) -> dict[str, Any]:
        """Return every part with its word, AWS's status and reason; `sound` says whether all stands, `traffic` where it goes."""
        standing = self.standing
        return {
            "event": "status",
            "suffix": standing.suffix,
            "account_id": standing.account_id,
            "home_region": standing.home_region,
            "regions": [{"name": name, "role": role} for name, role in standing.regions],
            "sound": standing.is_sound,
            "deployed": not standing.is_absent,
            "last_operation": standing.last_operation,
            "diverged": list(standing.diverged),
            "open_rollout": standing.open_rollout,
            "parts": [{**asdict(part), "facts": dict(part.facts)} for part in standing.parts],
            "traffic": TrafficView(traffic=self.traffic).record() if self.traffic else None,
        }

    def drawing(self) -> RenderableType:
        """Return a grid with a column for each Region, the last StackSet operation and the verdict, and who takes payments."""
        standing = self.standing
        table = Table(box=None, pad_edge=False, title=Text(f"{standing.suffix} in account {standing.account_id}"), title_justify="left")
        table.add_column("")
        for region, role in standing.regions:
            table.add_column(f"{region} ({role})", overflow="fold")
        for name in dict.fromkeys(part.name for part in standing.parts if part.name != SPARE_PART):
            by_region = {part.region: part for part in standing.parts if part.name == name}
            table.add_row(Text(name, "bold"), *(_cell(by_region.get(region)) for region, _ in standing.regions))
        elsewhere = [part for part in standing.parts if part.name != SPARE_PART and part.region not in dict(standing.regions)]
        return Group(
            table,
            *(Text.assemble((f"{part.name} in {part.region}: ", "bold"), _cell(part)) for part in elsewhere),
            *_spare_lines(standing),
            *(Text.assemble(("diverged: ", "bold yellow"), sentence) for sentence in standing.diverged),
            Text(f"last StackSet operation: {standing.last_operation}"),
            *([Text.assemble(("roll-out open: ", "bold yellow"), standing.open_rollout)] if standing.open_rollout else []),
            Text(sentence(standing)),
            *([TrafficView(traffic=self.traffic).drawing()] if self.traffic else []),
        )


def sentence(standing: Standing) -> str:
    """Return the verdict in one sentence."""
    if standing.is_absent:
        return "Nothing is deployed."
    unsound = [part for part in standing.parts if part.word not in SOUND]
    faults = [f"{part.name} in {part.where} is {part.word}" for part in unsound] + ["the Regions have diverged"] * bool(standing.diverged)
    faults += ["a roll-out has not ended"] * bool(standing.open_rollout)
    if faults:
        return f"Not sound: {', '.join(faults)}."
    if any(part.word == "in progress" for part in standing.parts):
        return "An operation is under way."
    back = [f"{part.name} in {part.where}" for part in standing.parts if part.word == "rolled back"]
    if back:
        return f"Everything stands; {', '.join(back)} went back to the definition before."
    return "Everything stands and is current."


def _spare_lines(standing: Standing) -> Iterator[Text]:
    """Yield a line for the spares of a Region that stand alike, and one for each that is not sound, with its reason."""
    alike: dict[tuple[object, ...], list[Part]] = {}
    for part in standing.parts:
        if part.name == SPARE_PART:
            own = () if part.word in SOUND else (part.account_id,)
            alike.setdefault((part.region, part.word, part.status, part.facts, *own), []).append(part)
    for first, *others in alike.values():
        accounts = [part.account_id or standing.account_id for part in (first, *others)]
        more = f" and {len(accounts) - _ACCOUNTS_SHOWN_MAX} more" if len(accounts) > _ACCOUNTS_SHOWN_MAX else ""
        text = Text.assemble(
            (f"spare{'s' if others else ''} in {first.region}: ", "bold"),
            (first.word, _COLOURS[first.word]),
            f"  {first.status}" if first.status else "",
            (f"  account{'s' if others else ''} {', '.join(accounts[:_ACCOUNTS_SHOWN_MAX])}{more}", ""),
            ("".join(f"; {name} {value}" for name, value in first.facts), "dim"),
        )
        if first.reason and first.word not in SOUND:
            text.append(f"\n{first.reason}", "red")
        yield text


def _cell(part: Part | None) -> Text:
    if part is None:
        return Text("")
    text = Text.assemble((part.word, _COLOURS[part.word]), f"  {part.status}" if part.status else "")
    for name, value in part.facts:
        text.append(f"\n{name} {value}", "dim")
    if part.reason and part.word in {"failed", "outdated", "rolled back"}:
        text.append(f"\n{part.reason}", "red")
    return text
