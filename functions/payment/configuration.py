"""The Region's configuration in Parameter Store, read now and then, and never in the way of a payment.

What was read is good for half a minute. When Parameter Store does not answer, or answers nonsense, the last good terms stay; before
there were any, everything is taken. So a change is obeyed within `FRESH_SECONDS` by every worker, and an outage costs a request at
most a bounded try every few seconds, never its answer.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from payment.parameter_store import ParameterUnavailable
from payment.terms import Terms, TermsUnreadable, terms_of
from wire.log_line import log_line

FRESH_SECONDS: Final = 30.0
# Between two tries when Parameter Store does not answer: each may take as long as the client waits.
RETRY_SECONDS: Final = 10.0


class Configuration:
    """What `read` returns, asked for anew once it is old; `read` takes a bounded time, and raises ParameterUnavailable."""

    def __init__(self, read: Callable[[], str], *, clock: Callable[[], float] = time.monotonic) -> None:
        self._read = read
        self._clock = clock
        self._terms = Terms()
        self._due_at = float("-inf")

    def terms(self) -> Terms:
        """Return the terms payments are taken on now; never raises."""
        if self._clock() >= self._due_at:
            self._refresh()
        return self._terms

    def _refresh(self) -> None:
        reason, wait = "", FRESH_SECONDS
        try:
            self._terms = terms_of(self._read())
        except ParameterUnavailable as unavailable:
            reason, wait = unavailable.reason, RETRY_SECONDS
        except TermsUnreadable as error:
            reason = str(error)
        self._due_at = self._clock() + wait
        if reason:
            log_line("ERROR", "configuration_kept", error=reason)
