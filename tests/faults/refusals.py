"""What AWS and the network can do to a call: refuse it, lose it, lose its answer; once, or from then on.

botocore's own retries run: what is done here is done to single requests, where they leave the process.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.exceptions import ConnectionClosedError, ConnectTimeoutError, EndpointConnectionError, ReadTimeoutError
from botocore.model import OperationModel

from deployer.vocabulary.errors import AwsRefused, RolloutUndone, UndoFailed
from tests.faults.answers import BROKEN, DENIED, EXPIRED, THROTTLED, Refusal, let_arrive
from tests.faults.calls import Call, Calls
from tests.faults.runs import Ending

# What happens to one request: an answer in AWS's place, or an exception of the network.
Happening = Callable[[OperationModel, AWSPreparedRequest], AWSResponse]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """One kind of trouble. `passes`: it befalls one request only, so that trying again is enough; otherwise it lasts to the run's end,
    for this operation alone or, when `spreads`, for every call."""

    kind: str
    happening: Happening
    passes: bool = True
    spreads: bool = False


@dataclass
class Troubled:
    """A run that meets trouble at one call."""

    call: Call
    trouble: Trouble

    @property
    def kind(self) -> str:
        """The trouble is the column."""
        return self.trouble.kind

    @property
    def comes_after(self) -> bool:
        """Trouble comes before there is an answer."""
        return False

    @property
    def waits_for_rest(self) -> bool:
        """Whoever has new credentials or the network back does so later; a run refused once is repeated at once."""
        return self.trouble.spreads

    def calls(self) -> Calls:
        """Return calls one of which meets it."""
        has_begun = False

        def meet(call: Call, model: OperationModel, request: AWSPreparedRequest) -> AWSResponse | None:
            nonlocal has_begun
            if self.trouble.passes and has_begun:
                return None
            is_it = call == self.call
            has_begun = has_begun or is_it
            if is_it or (has_begun and (self.trouble.spreads or _kind_of(call) == _kind_of(self.call))):
                return self.trouble.happening(model, request)
            return None

        return Calls(before_sending=meet)

    def objection(self, ending: Ending, undisturbed: Ending) -> str:
        """Object unless the run ended as it should, or, when the trouble stayed, as refused by AWS and with a way out."""
        if ending.exit_code == undisturbed.exit_code:
            return ""
        if self.trouble.passes:
            return f"trying again would have done, but it ended with {ending.exit_code}: {ending.said}"
        # While something is put back, a refusal means that the undo could not be finished: the next run goes on with it.
        expected = (AwsRefused.exit_code, *((UndoFailed.exit_code,) if undisturbed.exit_code == RolloutUndone.exit_code else ()))
        if ending.exit_code not in expected:
            return f"it ended with {ending.exit_code} and not as refused by AWS: {ending.said}"
        if not ending.hint:
            return f"it ended without a way out: {ending.said}"
        return ""


def _answering(refusal: Refusal) -> Happening:
    return refusal.answer


def _reset(model: OperationModel, request: AWSPreparedRequest) -> AWSResponse:
    raise ConnectionClosedError(endpoint_url=request.url)


def _never_arrived(model: OperationModel, request: AWSPreparedRequest) -> AWSResponse:
    raise ConnectTimeoutError(endpoint_url=request.url)


def _never_answered(model: OperationModel, request: AWSPreparedRequest) -> AWSResponse:
    let_arrive(request)
    raise ReadTimeoutError(endpoint_url=request.url)


def _out_of_reach(model: OperationModel, request: AWSPreparedRequest) -> AWSResponse:
    raise EndpointConnectionError(endpoint_url=request.url)


def _kind_of(call: Call) -> tuple[str, str, str]:
    return call.service, call.operation, call.region


TROUBLES: Final = (
    Trouble(kind="throttled", happening=_answering(THROTTLED)),
    Trouble(kind="server error", happening=_answering(BROKEN)),
    Trouble(kind="connection reset", happening=_reset),
    Trouble(kind="time-out before effect", happening=_never_arrived),
    Trouble(kind="time-out after effect", happening=_never_answered),
    Trouble(kind="throttled from then on", happening=_answering(THROTTLED), passes=False),
    Trouble(kind="server error from then on", happening=_answering(BROKEN), passes=False),
    Trouble(kind="access denied from then on", happening=_answering(DENIED), passes=False),
    Trouble(kind="network gone from then on", happening=_out_of_reach, passes=False, spreads=True),
    Trouble(kind="credentials expired from then on", happening=_answering(EXPIRED), passes=False, spreads=True),
)
