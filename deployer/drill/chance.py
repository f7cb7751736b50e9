"""Faults drawn by chance: a schedule for each seed, several of them in one drill. The same seeds, the same scenario.

Whatever breaks, in whatever order, together or alone, a strongly consistent ledger loses nothing and takes nothing twice: that, and
nothing about time, is what such a drill judges. Each schedule has a stretch of its own, ends healed, and leaves some calm before the
next one, so that traffic comes back in between.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any, Final

from deployer.params.scenario import Scenario

STRETCH_SECONDS: Final = 120.0
HEALED_SECONDS: Final = 90.0
SEEDS_MAX: Final = 25
_WARM_UP_SECONDS: Final = 20.0
_LIMIT_SECONDS: Final = 3600.0

_ROLES: Final = ("primary", "secondary")
_PAIRS: Final = (("primary", "secondary"), ("primary", "witness"), ("secondary", "witness"))
_SERVICES: Final = ("dynamodb", "secretsmanager", "ssm", "s3", "lambda")
_KINDS: Final = ("dead", "black-hole", "slow", "failing", "service-out", "partition", "isolated", "zone-lost", "checker-wrong")
_CHECKERS: Final = ("us-west-1", "eu-west-1", "sa-east-1")


def scenario_by_chance(seeds: Sequence[int]) -> Scenario:
    """Return one scenario with a schedule for each of these seeds, 1 to `SEEDS_MAX` of them, and a load drawn by the first."""
    if not 1 <= len(seeds) <= SEEDS_MAX:
        raise ValueError(f"1 to {SEEDS_MAX} seeds make a drill, not {len(seeds)}")
    load = random.Random(f"load/{seeds[0]}")  # noqa: S311 no secret
    faults: list[dict[str, Any]] = []
    actions: list[dict[str, Any]] = []
    for number, seed in enumerate(seeds):
        some_faults, some_actions = _schedule(seed, number * STRETCH_SECONDS)
        faults += some_faults
        actions += some_actions
    name = f"by-chance-{seeds[0]}" if len(seeds) == 1 else f"by-chance-{seeds[0]}-to-{seeds[-1]}"
    return Scenario.model_validate(
        {
            "name": name,
            "purpose": "Faults drawn by chance, one after the other and together, lose no payment and take none twice.",
            "phases": {
                "warm_up_seconds": _WARM_UP_SECONDS,
                "fault_seconds": len(seeds) * STRETCH_SECONDS,
                "heal_seconds": 60,
                "settle_seconds": 10,
            },
            "faults": tuple(faults),
            "actions": tuple(actions),
            "traffic": {
                "payments_per_second": load.choice((2.0, 4.0, 6.0)),
                "clients": load.choice((3, 10, 20)),
                "replays_share": load.choice((0.1, 0.3)),
                "connection_seconds_max": load.choice((5.0, 20.0, 60.0)),
                "seed": seeds[0],
            },
            # How long an outage or a split may last follows from the faults, which are as long as they are.
            "limits": {"recovery_seconds_max": _LIMIT_SECONDS, "split_brain_seconds_max": _LIMIT_SECONDS, "move_seconds_max": None},
        }
    )


def _schedule(seed: int, begin: float) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return one seed's faults and actions in the stretch that begins then: one to three faults, and people in one of three."""
    rng = random.Random(f"schedule/{seed}")  # noqa: S311 no secret
    faults = []
    for _ in range(rng.randint(1, 3)):
        at = round(rng.uniform(0, HEALED_SECONDS - 10), 1)
        until = round(rng.uniform(at + 5, HEALED_SECONDS), 1)
        faults.append(_fault(rng) | {"at_seconds": begin + at, "until_seconds": begin + until})
    if rng.random() >= 1 / 3:
        return faults, []
    over = round(rng.uniform(0, HEALED_SECONDS - 30), 1)
    back = round(rng.uniform(over + 20, HEALED_SECONDS), 1)
    # The hold's own table is in the standby: people can move traffic only while that Region stands.
    away = [one for one in faults if _keeps_people_away(one, begin + over, begin + back)]
    if away:
        return faults, []
    return faults, [{"kind": "fail-over", "at_seconds": begin + over}, {"kind": "fail-back", "at_seconds": begin + back}]


def _fault(rng: random.Random) -> dict[str, Any]:
    kind = rng.choice(_KINDS)
    match kind:
        case "partition":
            region, peer = rng.choice(_PAIRS)
            return {"kind": kind, "region": region, "peer": peer}
        case "checker-wrong":
            return {"kind": kind, "checker_region": rng.choice(_CHECKERS)}
        case "slow":
            return {"kind": kind, "region": rng.choice(_ROLES), "latency_seconds": round(rng.uniform(1, 12), 1)}
        case "failing":
            return {"kind": kind, "region": rng.choice(_ROLES), "rate": round(rng.uniform(0.1, 1), 2)}
        case "service-out":
            return {"kind": kind, "region": rng.choice(_ROLES), "service": rng.choice(_SERVICES)}
    return {"kind": kind, "region": rng.choice(_ROLES)}


def _keeps_people_away(fault: dict[str, Any], over: float, back: float) -> bool:
    takes_it = fault["kind"] in ("dead", "black-hole") or fault.get("service") == "dynamodb"
    under_way = any(fault["at_seconds"] - 1 <= moment <= fault["until_seconds"] + 1 for moment in (over, back))
    return takes_it and fault.get("region") == "secondary" and under_way
