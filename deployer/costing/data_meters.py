"""What the ledger, the hold and the backups use: units written and read, gigabytes kept, copied and restored."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Final

from deployer.costing.amount import BYTES_PER_GIGABYTE, DAYS_PER_MONTH, MILLION, Amount, total
from deployer.costing.deployed import Resource
from deployer.costing.load import Load
from deployer.costing.usage import Site, Usage
from deployer.vocabulary.errors import DeployerError

_BYTES_PER_WRITE_UNIT: Final = 1024
_BACKUP: Final = "backup.enabled"
_WEEKS_PER_MONTH: Final = DAYS_PER_MONTH / 7


def global_table(resource: Resource, site: Site) -> Iterator[Usage]:
    """Every replica writes what any Region takes; the witness of a strong table is charged for nothing (F1.5)."""
    _refuse_provisioned(resource)
    units = math.ceil(site.assumed.item_bytes / _BYTES_PER_WRITE_UNIT)
    stored = stored_gigabytes(site)
    for replica in resource.properties["Replicas"]:
        region = str(replica["Region"])
        yield Usage(what="writes", price="table write", amount=site.load.writes * units, region=region)
        for what, read in _reads(site, region):
            yield Usage(what=what, price="table read", amount=read, region=region)
        yield Usage(what="storage", price="table storage", amount=stored, region=region)
        if replica.get("PointInTimeRecoverySpecification", {}).get("PointInTimeRecoveryEnabled"):
            yield Usage(what="point-in-time recovery", price="table recovery", amount=stored, region=region)
        copied = site.load.payments(region) * (site.assumed.item_bytes / BYTES_PER_GIGABYTE)
        yield Usage(what="writes on their way to the peer", price="transfer to peer", amount=copied, region=region)


def table(resource: Resource, site: Site) -> Iterator[Usage]:
    """The hold: one item, read for every check of it."""
    _refuse_provisioned(resource)
    if resource.logical_id != "HoldTable":
        hint = "Say it in deployer/costing/data_meters.py."
        raise DeployerError(f"Nobody can say who reads and writes {resource.logical_id}, so it has no price", hint=hint)
    read = total(one.amount for one in site.load.of(site.region, "/hold"))
    yield Usage(what="looks at the hold", price="table read", amount=read)


def backup_plan(resource: Resource, site: Site) -> Iterator[Usage]:
    """A whole copy a day, each kept as long as its rule says: DynamoDB's backups are never a difference to the last one."""
    for rule in resource.properties["BackupPlan"]["BackupPlanRule"]:
        kept = float(rule["Lifecycle"]["DeleteAfterDays"])
        yield Usage(
            what=f"{kept:.0f} daily copies of the ledger", price="backup storage", amount=stored_gigabytes(site) * kept, decided_by=_BACKUP
        )


def restore_testing_plan(resource: Resource, site: Site) -> Iterator[Usage]:
    """One copy restored a week."""
    restored = stored_gigabytes(site) * _WEEKS_PER_MONTH
    yield Usage(what="a restore a week", price="backup restore", amount=restored, decided_by=_BACKUP)


def stored_gigabytes(site: Site) -> Amount:
    """Return what the ledger holds after as many months as are assumed, each like this one."""
    return site.load.all_payments * (site.assumed.months_stored_count * site.assumed.item_bytes / BYTES_PER_GIGABYTE)


def _reads(site: Site, region: str) -> Iterator[tuple[str, Amount]]:
    """Yield who reads a replica: the health check at each call, canaries what they paid, and the proof the whole table once a day."""
    yield "reads of health checks", total(one.amount for one in site.load.of(region, "/health"))
    yield "reads of canaries", Amount(site.load.payments(region).idle)
    yield "reads of the daily proof", _proof(site.load, site)


def _proof(load: Load, site: Site) -> Amount:
    scans = site.assumed.months_stored_count * DAYS_PER_MONTH / MILLION
    return load.all_payments * (scans * site.assumed.proof_read_units_per_million)


def _refuse_provisioned(resource: Resource) -> None:
    if resource.properties.get("BillingMode") != "PAY_PER_REQUEST":
        hint = "Set BillingMode to PAY_PER_REQUEST, or teach deployer/costing/data_meters.py the other prices."
        raise DeployerError(f"{resource.logical_id} is not paid by the request, and has no price here", hint=hint)
