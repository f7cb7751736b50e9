"""What the buckets use. The audit log's is paid for small objects in many storage classes, and for copies to the other Region."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from deployer.costing.amount import BYTES_PER_GIGABYTE, DAYS_PER_MONTH, Amount
from deployer.costing.deployed import Resource, words
from deployer.costing.function_calls import batches
from deployer.costing.load import Load
from deployer.costing.usage import Site, Usage, standing
from deployer.vocabulary.errors import DeployerError

# Bytes pending, operations pending, operations failed and latency of each rule; billed as custom metrics
# ["Monitoring replication with metrics", S3 User Guide].
_METRICS_OF_A_RULE: Final = 4
# Infrequent access charges no object for less; Glacier adds an index of its own, and S3 the object's name
# ["Understanding and managing Amazon S3 storage classes", S3 User Guide].
_INFREQUENT_BYTES_MIN: Final = 128 * 1024.0
_GLACIER_BYTES_MORE: Final = 32 * 1024.0
_GLACIER_NAME_BYTES: Final = 8 * 1024.0


def bucket(resource: Resource, site: Site) -> Iterator[Usage]:
    """What one of the three kinds of buckets uses; raises DeployerError for another."""
    match resource.logical_id:
        case "AuditBucket":
            yield from _audit(resource, site)
        case "ArtifactBucket":
            yield standing("packages", "object storage", site.assumed.artifact_gigabytes)
        case "CanaryBucket":
            return  # what lies there is on each canary's own lines
        case name:
            hint = "Say it in deployer/costing/bucket_meters.py."
            raise DeployerError(f"Nobody can say what lies in {name}, so it has no price", hint=hint)


def _audit(resource: Resource, site: Site) -> Iterator[Usage]:
    rules = resource.properties.get("ReplicationConfiguration", {}).get("Rules", [])
    all_of_them, written_bytes = _objects_and_bytes(site)
    if not rules or not all_of_them:
        return
    copied = site.load.payments(site.region) * (site.assumed.audit_line_bytes / BYTES_PER_GIGABYTE)
    yield Usage(what="objects written, and copies from the peer", price="object write", amount=all_of_them)
    yield Usage(what="objects read by the daily proof", price="object read", amount=all_of_them)
    yield Usage(what="copies on their way to the peer", price="transfer to peer", amount=copied)
    for rule in rules:
        destination = rule["Destination"]
        if destination.get("Metrics", {}).get("Status") == "Enabled":
            yield standing("metrics of the copying", "metric", _METRICS_OF_A_RULE)
        if destination.get("ReplicationTime", {}).get("Status") == "Enabled":
            parameter = "audit.replication_time_control"
            yield Usage(what="copies in time", price="object in time", amount=copied, decided_by=parameter)
    yield from _kept(resource, site, all_of_them, written_bytes)


def _kept(resource: Resource, site: Site, objects: Amount, written_bytes: Amount) -> Iterator[Usage]:
    """Yield storage by class and the moves between them, in a log that has grown for as many months as are assumed."""
    days = _transition_days(resource)
    infrequent, glacier = days["STANDARD_IA"] / DAYS_PER_MONTH, days["GLACIER"] / DAYS_PER_MONTH
    in_glacier = max(0.0, site.assumed.months_stored_count - glacier)
    to_gigabytes = 1 / BYTES_PER_GIGABYTE
    yield Usage(what="storage", price="object storage", amount=written_bytes * (infrequent * to_gigabytes))
    charged_bytes = max(_INFREQUENT_BYTES_MIN, site.assumed.payments_per_minute_count * site.assumed.audit_line_bytes)
    seldom_read = objects * (charged_bytes * (glacier - infrequent) * to_gigabytes)
    yield Usage(what="storage in infrequent access", price="object storage infrequent", amount=seldom_read)
    cold = written_bytes + objects * _GLACIER_BYTES_MORE
    yield Usage(what="storage in Glacier", price="object storage glacier", amount=cold * (in_glacier * to_gigabytes))
    names = objects * (_GLACIER_NAME_BYTES * in_glacier * to_gigabytes)
    yield Usage(what="names of objects in Glacier", price="object storage", amount=names)
    yield Usage(what="moves to infrequent access", price="object to infrequent", amount=objects)
    yield Usage(what="moves to Glacier", price="object to glacier", amount=objects)


def _transition_days(resource: Resource) -> dict[str, float]:
    rules = resource.properties["LifecycleConfiguration"]["Rules"]
    moves = (move for rule in rules for move in rule.get("Transitions", ()))
    return {str(move["StorageClass"]): float(words(move["TransitionInDays"])) for move in moves}


def _objects_and_bytes(site: Site) -> tuple[Amount, Amount]:
    """Return the objects and bytes a month that reach this bucket: its own Region's and the peer's."""
    objects = sum((batches(site, region) for region in _regions(site.load)), Amount())
    return objects, site.load.all_payments * site.assumed.audit_line_bytes


def _regions(load: Load) -> tuple[str, ...]:
    return tuple(sorted({one.region for one in load.requests}))
