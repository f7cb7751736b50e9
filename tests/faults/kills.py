"""The deployer's process killed as by `kill -9`: before a request of a call is sent, or after its answer has come."""

from __future__ import annotations

import os
import signal
from dataclasses import dataclass
from typing import Literal

from botocore.awsrequest import AWSPreparedRequest
from botocore.model import OperationModel

from tests.faults.calls import Call, Calls
from tests.faults.runs import Ending


@dataclass(frozen=True, slots=True, kw_only=True)
class Kill:
    """A process that ends at one call.

    AWS goes on by itself with what it has begun, so it is at work when one runs the deployer again at once, and at rest when one comes
    back later. What is done before a call is what was done after the one before it: so the first kind comes back later, the second at once.
    """

    call: Call
    moment: Literal["before", "after"]

    @property
    def kind(self) -> str:
        """The moment is the column."""
        return f"killed {self.moment}"

    @property
    def comes_after(self) -> bool:
        """The moment says it."""
        return self.moment == "after"

    @property
    def waits_for_rest(self) -> bool:
        """Killed before a call: run again when AWS is at rest."""
        return self.moment == "before"

    def calls(self) -> Calls:
        """Return calls of which this one is the last."""
        return Calls(before_sending=self._before) if self.moment == "before" else Calls(after_answer=self._after)

    def objection(self, ending: Ending, undisturbed: Ending) -> str:
        """Object to anything but the kill, or a run that never made the call and ended as it should."""
        if ending.was_killed or ending.exit_code == undisturbed.exit_code:
            return ""
        return f"it ended by itself with {ending.exit_code}: {ending.said}"

    def _before(self, call: Call, model: OperationModel, request: AWSPreparedRequest) -> None:
        self._after(call)

    def _after(self, call: Call) -> None:
        if call == self.call:
            os.kill(os.getpid(), signal.SIGKILL)
