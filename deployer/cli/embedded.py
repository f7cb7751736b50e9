"""What the `local` commands share: the running embedded AWS or a refusal, and its view."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deployer.vocabulary.errors import InputRefused

if TYPE_CHECKING:
    from deployer.cli.session import Session
    from deployer.local.state import LocalState
    from deployer.reporting.embedded_view import EmbeddedView


def require_running(session: Session) -> LocalState:
    """Return the embedded AWS of this folder; raises InputRefused when none runs."""
    state = session.rooms.running_embedded()
    if state is None:
        raise InputRefused(
            "No embedded AWS runs in this folder", hint="Run `deployer local start`, or `deployer roll-out params/local.yaml`."
        )
    return state


def embedded_view(state: LocalState, *, inert: tuple[tuple[str, str, str], ...]) -> EmbeddedView:
    """Return the view of a running embedded AWS."""
    from deployer.reporting.embedded_view import EmbeddedView

    return EmbeddedView(
        endpoint=state.endpoint,
        dns=state.dns,
        ca_bundle=state.ca_bundle,
        edges=tuple(state.edges.items()),
        pid=state.pid,
        account_id=state.account_id,
        inert=inert,
    )
