"""How a drill reaches one environment: where its clients go and by what hands it is driven, at AWS or embedded."""

from __future__ import annotations

from deployer.aws.session import Aws
from deployer.drill.embedded_hands import EmbeddedHands
from deployer.drill.hands import Hands, SystemHands
from deployer.drill.operators import typed_for
from deployer.drill.target import Target
from deployer.local.state import LocalState
from deployer.outside.view import Outside
from deployer.params.model import Environment
from deployer.vocabulary.clock import Clock


def target_of(environment: Environment, api_key: str, state: LocalState | None) -> Target:
    """Return where clients go; `state` is the embedded AWS's, None for AWS itself."""
    regions = (environment.primary.name, environment.secondary.name)
    if state is None or state.dns is None:
        return Target(zone=environment.zone.name, regions=regions, api_key=api_key)
    address, _, port = state.dns.rpartition(":")
    return Target(
        zone=environment.zone.name,
        regions=regions,
        api_key=api_key,
        name_server=(address, int(port)),
        ports={region: int(place.rpartition(":")[2]) for region, place in state.edges.items()},
        ca_bundle=state.ca_bundle,
    )


def hands_of(aws: Aws, environment: Environment, outside: Outside, clock: Clock, state: LocalState | None) -> Hands:
    """Return the hands on the system, whose people look at it from `outside`; `state` as above."""
    typed = typed_for(environment, aws, outside, clock)
    if state is None:
        return SystemHands(aws, environment, typed)
    return EmbeddedHands(aws, environment, typed, state, time_scale=state.time_scale)
