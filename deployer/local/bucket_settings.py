"""What a template says of a bucket's encryption and lifecycle, set by S3's own API: MiniStack's CloudFormation passes over both.

Objects are not encrypted, moved or expired here; what was set is what S3 answers.
"""

from __future__ import annotations

from typing import Any, Final

from deployer.local.own_calls import own_client

# Names in a template -> in S3's API, for the parts of a lifecycle rule that differ.
_TRANSITION: Final = {"TransitionInDays": "Days", "TransitionDate": "Date", "StorageClass": "StorageClass"}
_OLD_VERSION_TRANSITION: Final = _TRANSITION | {"TransitionInDays": "NoncurrentDays", "NewerNoncurrentVersions": "NewerNoncurrentVersions"}
_EXPIRATION: Final = {
    "ExpirationInDays": "Days",
    "ExpirationDate": "Date",
    "ExpiredObjectDeleteMarker": "ExpiredObjectDeleteMarker",
}
_COUNTS: Final = ("Days", "NoncurrentDays", "NewerNoncurrentVersions", "DaysAfterInitiation", "ObjectSizeGreaterThan", "ObjectSizeLessThan")


def settle(physical_id: str, old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """Bring a bucket's encryption and lifecycle to what its template says; raises S3's refusal.

    Source: AWS::S3::Bucket BucketEncryption and LifecycleConfiguration, CloudFormation Template Reference.
    """
    client = own_client("s3")
    encryption, lifecycle = new.get("BucketEncryption"), new.get("LifecycleConfiguration")
    if encryption and encryption != old.get("BucketEncryption"):
        client.put_bucket_encryption(Bucket=physical_id, ServerSideEncryptionConfiguration=encryption_as_api(encryption))
    if lifecycle and lifecycle != old.get("LifecycleConfiguration"):
        client.put_bucket_lifecycle_configuration(Bucket=physical_id, **lifecycle_as_api(lifecycle))
    elif old.get("LifecycleConfiguration") and not lifecycle:
        client.delete_bucket_lifecycle(Bucket=physical_id)
    return {}


def encryption_as_api(template: dict[str, Any]) -> dict[str, Any]:
    """Return S3's ServerSideEncryptionConfiguration for a template's BucketEncryption."""
    rules = []
    for rule in template["ServerSideEncryptionConfiguration"]:
        by_default = {"ApplyServerSideEncryptionByDefault": rule["ServerSideEncryptionByDefault"]}
        rules.append(by_default | {"BucketKeyEnabled": str(rule.get("BucketKeyEnabled", False)).lower() == "true"})
    return {"Rules": rules}


def lifecycle_as_api(template: dict[str, Any]) -> dict[str, Any]:
    """Return the arguments of PutBucketLifecycleConfiguration for a template's LifecycleConfiguration."""
    smallest = template.get("TransitionDefaultMinimumObjectSize")
    chosen = {"TransitionDefaultMinimumObjectSize": smallest} if smallest else {}
    return {"LifecycleConfiguration": {"Rules": [_rule(rule) for rule in template["Rules"]]}, **chosen}


def _rule(template: dict[str, Any]) -> dict[str, Any]:
    rule: dict[str, Any] = {"Status": template["Status"], "Filter": _filter(template)}
    if "Id" in template:
        rule["ID"] = template["Id"]
    if "Transitions" in template:
        rule["Transitions"] = [_renamed(one, _TRANSITION) for one in template["Transitions"]]
    if "NoncurrentVersionTransitions" in template:
        rule["NoncurrentVersionTransitions"] = [_renamed(one, _OLD_VERSION_TRANSITION) for one in template["NoncurrentVersionTransitions"]]
    if expiration := _renamed(template, _EXPIRATION):
        rule["Expiration"] = expiration
    for name in ("NoncurrentVersionExpiration", "AbortIncompleteMultipartUpload"):
        if name in template:
            rule[name] = {part: _number(part, value) for part, value in template[name].items()}
    return rule


def _filter(template: dict[str, Any]) -> dict[str, Any]:
    conditions: dict[str, Any] = {
        name: _number(name, template[name]) for name in ("Prefix", "ObjectSizeGreaterThan", "ObjectSizeLessThan") if name in template
    }
    tags = template.get("TagFilters", [])
    if len(conditions) + len(tags) > 1:
        return {"And": conditions | ({"Tags": tags} if tags else {})}
    return conditions or ({"Tag": tags[0]} if tags else {"Prefix": ""})


def _renamed(template: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    return {name: _number(name, template[given]) for given, name in names.items() if given in template}


def _number(name: str, value: Any) -> Any:
    return int(value) if name in _COUNTS else value
