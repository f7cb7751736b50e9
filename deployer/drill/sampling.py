"""Looks at a system about once a second of its time while a drill runs: where the name leads, how checks stand, whether the hold is set.

In a thread of its own, each look bounded, so that what does not answer is written down as not answering and holds nothing up.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import Final

from deployer.drill.client import Client
from deployer.drill.hands import CheckerView, CheckView, Hands
from deployer.drill.history import Mark, PhaseName, Sample
from deployer.drill.names import Names, NoAddress
from deployer.drill.target import Target
from deployer.vocabulary.errors import DeployerError

LOOK_SECONDS_MAX: Final = 2.0
PERIOD_SECONDS_MIN: Final = 0.25
_HELD, _NOT_HELD = 200, 404


class Sampler:
    """Takes samples from `start` to `stop`; `sampled` hears of each, in the sampler's own thread."""

    def __init__(self, target: Target, hands: Hands, now: Callable[[], float], sampled: Callable[[Sample], None]) -> None:
        self._target, self._hands, self._now, self._sampled = target, hands, now, sampled
        self._period = max(PERIOD_SECONDS_MIN, 1.0 / hands.time_scale)
        self._samples: list[Sample] = []
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._live, name="sampling", daemon=True)
        self._failure: Exception | None = None

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> tuple[Sample, ...]:
        """End, and return all samples. Raises what broke the sampler itself."""
        self._stopping.set()
        self._thread.join()
        if self._failure is not None:
            raise self._failure
        return tuple(self._samples)

    def _live(self) -> None:
        try:
            asyncio.run(self._run())
        except Exception as error:  # told to whoever stops the sampling
            self._failure = error

    async def _run(self) -> None:
        client = Client(self._target, timeout_seconds=LOOK_SECONDS_MAX, connection_seconds_max=60, time_scale=self._hands.time_scale)
        names = Names(self._target)
        try:
            while not self._stopping.is_set():
                at = self._now()
                region, held, (checkers, checks, faults, took) = await asyncio.gather(
                    self._answer(names), self._held(client), asyncio.to_thread(self._view)
                )
                sample = Sample(
                    at_seconds=at,
                    answer_region=region,
                    checkers=checkers,
                    checks=checks,
                    held=held,
                    faults=faults,
                    looked_seconds=took,
                )
                self._samples.append(sample)
                self._sampled(sample)
                await asyncio.sleep(max(0.0, at + self._period - self._now()))
        finally:
            await client.close()

    async def _answer(self, names: Names) -> str | None:
        try:
            return (await names.ask(self._target.shared_name)).region
        except NoAddress:
            return None

    async def _held(self, client: Client) -> bool | None:
        """Return what the standby says of the hold, as Route 53's checkers ask it (decision 7)."""
        status = await client.status_of("/hold", region=self._target.regions[1])
        return {_HELD: True, _NOT_HELD: False}.get(status or 0)

    def _view(self) -> tuple[CheckerView, CheckView, tuple[str, ...], float]:
        """Return how checks stand, what is broken, and how many seconds it took to ask."""
        began = self._now()
        try:
            checkers, checks = self._hands.checks()
            return checkers, checks, self._hands.broken(), self._now() - began
        except DeployerError:
            return (), (), (), self._now() - began


def seen_in(samples: tuple[Sample, ...], marks: tuple[Mark, ...]) -> tuple[Mark, ...]:
    """Return a mark for each change that samples show in where the name leads and in the hold, in the phase that it fell in."""
    found: list[Mark] = []
    region: str | None = None
    held: bool | None = None
    for sample in samples:
        if sample.answer_region is not None and sample.answer_region != region:
            if region is not None:
                found.append(_seen(sample, marks, f"the name leads to {sample.answer_region}"))
            region = sample.answer_region
        if sample.held is not None and sample.held != held:
            if held is not None:
                found.append(_seen(sample, marks, "the hold is seen" if sample.held else "the hold is seen to be gone"))
            held = sample.held
    return tuple(found)


def _seen(sample: Sample, marks: tuple[Mark, ...], text: str) -> Mark:
    before = [mark.phase for mark in marks if mark.at_seconds <= sample.at_seconds]
    return Mark(at_seconds=sample.at_seconds, phase=before[-1] if before else PhaseName.WARM_UP, text=text)
