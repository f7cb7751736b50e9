"""Builders of parameter files: a sound one as plain values, changes to it by dotted path, and the file written to a folder."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from typing import Any

import yaml

from deployer.params.load import load_environment
from deployer.vocabulary.errors import InputRefused, Mistake

ABSENT: Any = object()

_SOUND: dict[str, Any] = {
    "target": "local",
    "suffix": "test",
    "regions": [
        {"name": "us-east-1", "role": "primary", "vpc_cidr": "10.0.0.0/16"},
        {"name": "us-east-2", "role": "secondary", "vpc_cidr": "10.1.0.0/16"},
    ],
    "zone": {"name": "pay.example.test"},
    "notifications": {"email": "oncall@example.com"},
    "tags": {"owner": "payments", "cost_centre": "cc-1"},
}


def values(**changes: Any) -> dict[str, Any]:
    """Return a sound file's values; a change is `regions__0__name="x"`, ABSENT takes the field out."""
    return changed(_SOUND, changes)


def changed(sound: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """Return a copy of a sound file's values with changes by dotted path, `__` for the dot."""
    document: Any = deepcopy(sound)
    for path, value in changes.items():
        place = document
        *parts, last = path.split("__")
        for part in parts:
            place = place[int(part)] if part.isdigit() else place.setdefault(part, {})
        if value is ABSENT:
            del place[last]
        else:
            place[last] = value
    return document


def write(folder: Path, content: str | bytes | dict[str, Any], name: str = "test.yaml") -> Path:
    """Write a parameter file and return where it is."""
    path = folder / name
    if isinstance(content, dict):
        content = yaml.safe_dump(content, sort_keys=False)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def refusal(path: Path) -> InputRefused:
    """Return the refusal that loading this file ends in."""
    try:
        load_environment(path)
    except InputRefused as refused:
        return refused
    raise AssertionError(f"{path} was accepted")


def mistakes_in(folder: Path, content: str | bytes | dict[str, Any]) -> tuple[Mistake, ...]:
    """Return the mistakes that loading this content reports."""
    return refusal(write(folder, content)).mistakes


def sentences_in(folder: Path, content: str | bytes | dict[str, Any]) -> str:
    """Return the mistakes' sentences, a line each."""
    return "\n".join(mistake.sentence for mistake in mistakes_in(folder, content))
