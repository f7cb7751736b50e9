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


def embedded_view(session: Session, state: LocalState) -> EmbeddedView:
    """Return the view of a running embedded AWS, with a curl line when it serves an API."""
    from deployer.reporting.embedded_view import EmbeddedView

    apis = [name for name in session.rooms.served_names(state) if name.startswith("api.")]
    return EmbeddedView(
        endpoint=state.endpoint,
        dns=state.dns,
        ca_bundle=state.ca_bundle,
        edges=tuple(state.edges.items()),
        pid=state.pid,
        account_id=state.account_id,
        inert=session.rooms.inert_resources(state),
        faults=session.rooms.active_faults(state),
        replication=session.rooms.replication(state),
        way_in=way_in(apis[0]) if apis else "",
    )


def way_in(name: str) -> str:
    """Return a shell line that reaches the health of an API in the embedded AWS by its own name."""
    return f'eval "$(deployer local env)"; curl https://{name}/health'
