"""Resources that hold what cannot be made again, and what keeps a roll-out from replacing or removing one unasked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from deployer.params.nearest import nearest_name
from deployer.planning.plan import Blocker, RolloutPlan
from deployer.planning.plan_file import identified
from deployer.planning.preview import Preview, PreviewCell, PreviewColumn, PreviewRow
from deployer.vocabulary.errors import InputRefused, Mistake

# Resource type -> what would be lost with the old one.
STATEFUL: Final[Mapping[str, str]] = {
    "AWS::Backup::BackupVault": "the backups in it",
    "AWS::DynamoDB::GlobalTable": "its items, on every replica",
    "AWS::DynamoDB::Table": "its items",
    "AWS::KMS::Alias": "the way to the key that everything is encrypted with",
    "AWS::KMS::Key": "the key, and so all that is encrypted with it",
    "AWS::KMS::ReplicaKey": "the key in this Region, and so all that is encrypted with it here",
    "AWS::Kinesis::Stream": "the records in it",
    "AWS::Route53::HostedZone": "the zone's name servers, which the parent zone names",
    "AWS::S3::Bucket": "the objects in it",
    "AWS::SQS::Queue": "the messages in it",
    "AWS::SecretsManager::Secret": "the secret's value, which callers hold",
}


def judged(plan: RolloutPlan, preview: Preview, may_go: tuple[str, ...]) -> RolloutPlan:
    """Return the plan with what its preview puts in the way; raises InputRefused for a name in `may_go` that nothing happens to."""
    if mistakes := replace_mistakes(preview, may_go):
        raise InputRefused("Nothing was planned", mistakes, "Leave the option out, or name what the plan says would be replaced.")
    if blockers := preview_blockers(preview, may_go):
        return identified(replace(plan, blockers=(*plan.blockers, *blockers)))
    return plan


def preview_blockers(preview: Preview, may_go: tuple[str, ...]) -> tuple[Blocker, ...]:
    """Return what the preview puts in the way: changes that CloudFormation refuses, and stateful resources that would give way.

    `may_go` are the logical ids of those that may.
    """
    refused = tuple(
        Blocker(
            summary=f"CloudFormation refuses the change of {column.stack_name} in {column.region}: {column.note}",
            hint="Change the template or the parameters so that it is accepted.",
        )
        for column in preview.columns
        if column.state == "refused"
    )
    return refused + tuple(
        Blocker(summary=_summary(row, where), hint=f"If it may go, add --replace {row.logical_id}; else undo the change that causes it.")
        for row, where in _giving_way(preview)
        if row.logical_id not in may_go
    )


def replace_mistakes(preview: Preview, may_go: tuple[str, ...]) -> tuple[Mistake, ...]:
    """Return a mistake for each name that nothing stateful would give way to."""
    known = tuple(dict.fromkeys(row.logical_id for row, _ in _giving_way(preview)))
    sentence = "is no stateful resource that this roll-out would replace or remove"
    return tuple(
        Mistake(place="--replace", sentence=f"{name} {sentence}", nearest=nearest_name(name, known)) for name in may_go if name not in known
    )


def gives_way(row: PreviewRow, cell: PreviewCell) -> bool:
    """Return whether a cell takes away, or may take away, what cannot be made again."""
    return row.resource_type in STATEFUL and (cell.action == "Remove" or cell.is_replaced)


def _giving_way(preview: Preview) -> Iterator[tuple[PreviewRow, tuple[tuple[PreviewColumn, PreviewCell], ...]]]:
    for row in preview.rows:
        where = tuple((column, cell) for column, cell in zip(preview.columns, row.cells, strict=True) if cell and gives_way(row, cell))
        if where:
            yield row, where


def _summary(row: PreviewRow, where: tuple[tuple[PreviewColumn, PreviewCell], ...]) -> str:
    cells = [cell for _, cell in where]
    places = ", ".join(dict.fromkeys(column.region for column, _ in where))
    paths = ", ".join(dict.fromkeys(one.path for cell in cells for one in cell.properties if one.requires_recreation != "Never"))
    if all(cell.action == "Remove" for cell in cells):
        deed = "be removed"
    else:
        deed = ("be replaced" if any(cell.replacement == "True" for cell in cells) else "perhaps be replaced") + (
            f" ({paths})" if paths else ""
        )
    told = all(cell.policy_action for cell in cells)
    kept = told and all(cell.policy_action.endswith("Retain") for cell in cells)
    lost = STATEFUL[row.resource_type]
    # CloudFormation tells what it would do with the old one only where it is sure of a new one.
    goes = f"with the old one goes {lost}" if told else f"at stake is {lost}"
    fate = f"the old one stays, outside the stack, with {lost}" if kept else goes
    return f"{row.logical_id} ({row.resource_type}) in {places} would {deed}: {fate}"
