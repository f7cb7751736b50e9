"""Properties of loading that hold for every parameter file, not only for the ones someone thought of."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml
from hypothesis import given
from hypothesis import strategies as st

from deployer.params.load import load_environment
from deployer.params.model import Environment
from tests.support.parameter_files import refusal, values, write

_WORDS = st.text("abcdefghijklmnopqrstuvwxyz0123456789", min_size=1, max_size=8)
_TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=30)


@st.composite
def environments(draw: st.DrawFn) -> Environment:
    """Any sound environment within a few Regions."""
    first, second, witness = draw(st.permutations(["us-east-1", "us-east-2", "us-west-2"]))
    roles = draw(st.permutations(["primary", "secondary"]))
    threshold, ttl = draw(st.integers(1, 10)), draw(st.integers(1, 300))
    interval = draw(st.sampled_from([10, 30]))
    access_days = draw(st.integers(30, 3000))
    return Environment.model_validate(
        {
            "target": draw(st.sampled_from(["local", "aws"])),
            "suffix": draw(_WORDS),
            "account_id": draw(st.none() | st.from_regex(r"\A[0-9]{12}\Z")),
            "regions": (
                {"name": first, "role": roles[0], "vpc_cidr": f"10.{draw(st.integers(0, 99))}.0.0/{draw(st.integers(16, 24))}"},
                {"name": second, "role": roles[1], "vpc_cidr": f"10.{draw(st.integers(100, 255))}.0.0/{draw(st.integers(16, 24))}"},
            ),
            "witness_region": witness,
            "administration_region": draw(st.none() | st.sampled_from([first, second])),
            "zone": {"name": f"{draw(_WORDS)}.example.test"},
            "notifications": {"email": f"{draw(_WORDS)}@example.com"},
            "failover": {
                "request_interval_seconds": interval,
                "failure_threshold_count": threshold,
                "record_ttl_seconds": ttl,
                "recovery_seconds_max": min(600, max(1, threshold * (interval + 6) + 10 + ttl)),
            }
            if threshold * (interval + 6) + 10 + ttl <= 600
            else {},
            "retention": {"audit_infrequent_access_days": access_days, "audit_glacier_days": access_days + draw(st.integers(30, 100))},
            "tags": {"owner": draw(_TEXT), "cost_centre": draw(_TEXT)},
            "rollout": {"poll_seconds": draw(st.floats(0.05, 60))},
        }
    )


@given(environments())
def test_dumped_environment_loads_as_itself(environment: Environment) -> None:
    """Whatever is sound can be written down and read back."""
    with TemporaryDirectory() as folder:
        path = write(Path(folder), yaml.safe_dump(environment.model_dump(mode="json"), allow_unicode=True))
        loaded = load_environment(path)

    assert loaded == environment


_KEYS = [
    ("target",),
    ("suffix",),
    ("regions",),
    ("regions", 0, "vpc_cidr"),
    ("regions", 1, "name"),
    ("zone", "name"),
    ("notifications", "email"),
    ("tags", "cost_centre"),
]


@given(key=st.sampled_from(_KEYS), data=st.data())
def test_slip_in_any_key_is_told_once_with_its_line_and_the_key_meant(key: tuple[Any, ...], data: st.DataObject) -> None:
    """Two neighbouring letters swapped, one doubled or one lost: the tool knows what was meant and checks on."""
    *parents, name = key
    at = data.draw(st.integers(0, len(name) - 2))
    slips = {name[:at] + name[at + 1] + name[at] + name[at + 2 :], name[: at + 1] + name[at:], name[:at] + name[at + 1 :]} - {name}
    slip = data.draw(st.sampled_from(sorted(slips)))
    document: Any = values()
    parent = document
    for part in parents:
        parent = parent[part]
    items = [(slip if known == name else known, value) for known, value in parent.items()]
    parent.clear()
    parent.update(items)

    with TemporaryDirectory() as folder:
        path = write(Path(folder), document)
        lines = path.read_text().splitlines()
        [mistake] = refusal(path).mistakes

    dotted = ".".join(str(part) for part in (*parents, slip))
    line = int(mistake.place.rpartition(":")[2])
    assert mistake.sentence == f"{dotted} is unknown"
    assert mistake.nearest == name
    assert lines[line - 1].lstrip("- ").startswith(f"{slip}:")


_MISTAKES: dict[str, tuple[dict[str, Any], str]] = {
    "target": ({"target": "cloud"}, "target is cloud"),
    "email": ({"notifications__email": "nobody"}, "notifications.email is nobody"),
    "blocks": ({"regions__1__vpc_cidr": "10.0.8.0/24"}, "overlaps"),
    "administration": ({"administration_region": "eu-west-1"}, "is not one of the pair"),
    "failover": ({"failover": {"request_interval_seconds": 30}}, "the worst case takes longer"),
    "retention": ({"retention": {"audit_glacier_days": 60, "audit_infrequent_access_days": 60}}, "is too early"),
    "unknown": ({"colour": "red"}, "colour is unknown"),
    "recovery": ({"table__recovery_days": 99}, "table.recovery_days is 99"),
}


@given(st.sets(st.sampled_from(sorted(_MISTAKES)), min_size=1))
def test_any_mistakes_together_are_all_told(chosen: set[str]) -> None:
    """No mistake hides another."""
    changes = {path: value for name in chosen for path, value in _MISTAKES[name][0].items()}

    with TemporaryDirectory() as folder:
        told = [mistake.sentence for mistake in refusal(write(Path(folder), values(**changes))).mistakes]

    assert len(told) == len(chosen)
    assert all(any(_MISTAKES[name][1] in sentence for sentence in told) for name in chosen)
