"""One measurement: what a job took a contestant. Data."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What one job took: seconds by the wall, of these those spent in gates, seconds of processor of the contestant's own processes, and
    requests by `service.Operation`."""

    contestant: str
    job: str
    seconds: float
    gate_seconds: float
    processor_seconds: float
    requests: Counter[str]

    @property
    def sentence(self) -> str:
        """Return all of it in one line."""
        gates = f", {self.gate_seconds:.1f} s of them in gates" if self.gate_seconds else ""
        calls = sum(self.requests.values())
        return f"{self.contestant}, {self.job}: {self.seconds:.1f} s{gates}, {self.processor_seconds:.1f} s of processor, {calls} calls"
