"""Where a drill's clients send their payments: names, where names are asked, whom to trust, the key to show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One environment as its clients see it.

    `zone` is the parameter file's; `regions` the pair, primary first. `name_server` is (address, port), None for the machine's own
    resolvers. `ports` maps a Region to the port of its edge where that is not 443. `ca_bundle` is a PEM file, None for the machine's own.
    """

    zone: str
    regions: tuple[str, ...]
    api_key: str = field(repr=False)
    name_server: tuple[str, int] | None = None
    ports: Mapping[str, int] = field(default_factory=dict)
    ca_bundle: str | None = None

    @property
    def shared_name(self) -> str:
        """Return the name that fails over."""
        return f"api.{self.zone}"

    def own_name(self, region: str) -> str:
        """Return the name that always leads to one Region."""
        return f"{region}.api.{self.zone}"
