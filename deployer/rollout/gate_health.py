"""The gate's check `health`: the Region says under its own name that it can take payments, and that it is this Region."""

from __future__ import annotations

import json

from deployer.outside.view import HttpAnswer, Outside
from deployer.planning.gates import GatedRegion
from deployer.planning.traffic_taking import health_words
from deployer.rollout.gate_finding import Finding

_HEALTHY = 200


def look_at_health(gated: GatedRegion, outside: Outside) -> Finding:
    """Return what `GET /health` says; being out of reach is a finding too."""
    return judge_health(gated.region, outside.get(gated.region, gated.host, "/health"))


def judge_health(region: str, answer: HttpAnswer) -> Finding:
    """Return whether this answer says that `region` is well."""
    if answer.status != _HEALTHY:
        return Finding(is_good=False, detail=health_words(answer))
    told = _region_in(answer.body)
    if told != region:
        return Finding(is_good=False, detail=f"it says that it is {told or 'no Region'}")
    return Finding(is_good=True, detail="healthy")


def _region_in(body: str) -> str:
    try:
        return str(json.loads(body)["region"])
    except (ValueError, KeyError, TypeError):
        return ""
