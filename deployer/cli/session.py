"""What every command is given: the rooms, where its words go, and whom it may ask."""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Event
from typing import TYPE_CHECKING

from deployer.cli.asking import Asker, TerminalAsker
from deployer.cli.rooms import Rooms
from deployer.vocabulary.clock import Clock, SystemClock

if TYPE_CHECKING:
    from deployer.reporting.report import Report


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What a command line runs in; tests give their own."""

    rooms: Rooms = field(default_factory=Rooms)
    asker: Asker = field(default_factory=TerminalAsker)
    clock: Clock = field(default_factory=SystemClock)


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One run of one command; `told_to_end` is set once a signal has asked for its end, so that nobody is asked any more."""

    rooms: Rooms
    asker: Asker
    clock: Clock
    report: Report
    told_to_end: Event = field(default_factory=Event)

    @classmethod
    def open(cls, surroundings: Surroundings, *, json: bool) -> Session:
        """Return the session of a command line; `json` decides whom its words are for."""
        return cls(
            rooms=surroundings.rooms,
            asker=surroundings.asker,
            clock=surroundings.clock,
            report=surroundings.rooms.report(surroundings.clock, json=json),
        )
