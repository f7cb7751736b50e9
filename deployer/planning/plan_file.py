"""A plan as a file: what `plan --out` writes and `roll-out --plan` reads, and the id that says the two are the same.

Version 2 is a JSON object: `format`, `version`, `plan`, and beside it `preview` (what it would do to each resource) and `origin` (what
it was made from), null where they were not asked for; `digest` is that of the three. A plan's id is the digest of its other fields. So a
file that was edited, cut or made by another version is refused before anything is done.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, Final

from deployer.planning.plan import RolloutPlan
from deployer.planning.plan_origin import Origin
from deployer.planning.plan_record import NotThisRecord, digest_of, read_record, record_of
from deployer.planning.preview import Preview
from deployer.rendering.rendered import digest_of as digest_of_bytes
from deployer.vocabulary.errors import InputRefused, Mistake

FORMAT: Final = "rollout-plan"
VERSION: Final = 2

_AGAIN: Final = "Make the plan again with `deployer plan PARAMS --out FILE`, and change parameters or templates rather than the plan."


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanFile:
    """What a plan file holds."""

    plan: RolloutPlan
    preview: Preview | None = None
    origin: Origin | None = None


def identified(plan: RolloutPlan) -> RolloutPlan:
    """Return the plan with the id that its content has."""
    return replace(plan, plan_id=digest_of({one.name: record_of(getattr(plan, one.name)) for one in fields(plan) if one.name != "plan_id"}))


def plan_text(plan: RolloutPlan, preview: Preview | None = None, origin: Origin | None = None) -> str:
    """Return the plan as a file's text: JSON, keys sorted, newline at the end; the same plan gives the same text."""
    content = record_of(PlanFile(plan=plan, preview=preview, origin=origin))
    record = {"format": FORMAT, "version": VERSION, "digest": digest_of(content), **content}
    return json.dumps(record, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def read_plan(path: Path) -> RolloutPlan:
    """Return the plan in a file; raises InputRefused for a file that is missing, of another version, damaged or edited."""
    return read_plan_file(path).plan


def read_plan_file(path: Path) -> PlanFile:
    """Return all that a plan file holds; raises InputRefused as `read_plan` does."""
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise InputRefused(f"The plan {path} cannot be read: {reason}", (), _AGAIN) from error
    return plan_file_from_text(text, str(path))


def plan_from_text(text: str, place: str) -> RolloutPlan:
    """Return the plan in this text; `place` is what errors call it. Raises InputRefused as `read_plan` does."""
    return plan_file_from_text(text, place).plan


def plan_file_from_text(text: str, place: str) -> PlanFile:
    """Return all that this text holds; `place` is what errors call it. Raises InputRefused as `read_plan` does."""
    try:
        record: Any = json.loads(text)
    except ValueError as error:
        line = error.lineno if isinstance(error, json.JSONDecodeError) else 1
        raise _refused(place, Mistake(place=f"{place}:{line}", sentence=f"this is no JSON: {error}")) from error
    if not isinstance(record, dict) or record.get("format") != FORMAT:
        raise _refused(place, Mistake(place=place, sentence="this is no roll-out plan"))
    if record.get("version") != VERSION:
        sentence = f"it has version {record.get('version')!r}; this deployer reads version {VERSION}"
        raise _refused(place, Mistake(place=place, sentence=sentence))
    try:
        content = {key: value for key, value in record.items() if key not in ("format", "version", "digest")}
        file = read_record(PlanFile, content, place)
    except NotThisRecord as error:
        raise _refused(place, error.mistake) from error
    _check_digests(file.plan, place)
    if record.get("digest") != digest_of(content):
        raise _refused(place, Mistake(place=f"{place}.digest", sentence="the file is not what it was when it was made"))
    return file


def _check_digests(plan: RolloutPlan, place: str) -> None:
    if identified(plan).plan_id != plan.plan_id:
        raise _refused(place, Mistake(place=f"{place}.plan.plan_id", sentence="the plan is not what it was when it was made"))
    for digest, body in plan.templates:
        if digest_of_bytes(body.encode()) != digest:
            raise _refused(
                place, Mistake(place=f"{place}.plan.templates", sentence=f"the template body is not the one with digest {digest}")
            )


def _refused(place: str, mistake: Mistake) -> InputRefused:
    return InputRefused(f"The plan {place} cannot be used", (mistake,), _AGAIN)
