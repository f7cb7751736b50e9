"""Tables, secrets, keys and buckets: what the rules find beyond their bad templates, and where they are silent."""

from __future__ import annotations

import pytest

from tests.support.rule_pack import good, objections

FIRST = "        - Region: us-east-1\n"
LAST = "        - Region: us-east-2\n"
WITNESS = "      GlobalTableWitnesses: [{Region: us-west-2}]\n"
KEY = "  Key: {Type: AWS::KMS::Key, DeletionPolicy: Retain, UpdateReplacePolicy: Retain, Properties: {MultiRegion: MULTI, KeyPolicy: {}}}\n"


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param([(FIRST, f"{FIRST}          TableClass: STANDARD\n")], id="default written out"),
        pytest.param([("DeletionProtectionEnabled: true", "DeletionProtectionEnabled: !Ref Protect")], id="one parameter for both"),
        pytest.param([(FIRST, f"{FIRST}          ContributorInsightsSpecification: {{Enabled: false}}\n")], id="insights off"),
        pytest.param(
            [(FIRST, f"{FIRST}          Tags: [{{Key: role, Value: a}}]\n"), (LAST, f"{LAST}          Tags: [{{Key: role, Value: b}}]\n")],
            id="values of tags",
        ),
    ],
)
def test_replicas_that_are_the_same_pass(changes: list[tuple[str, str]]) -> None:
    """Written differently is not different; a tag's value may say which replica it is."""
    assert objections(good("replica_settings", *changes)) == []


@pytest.mark.parametrize(
    "setting",
    [
        "TableClass: STANDARD_INFREQUENT_ACCESS",
        "Tags: [{Key: role, Value: a}]",
        "SSESpecification: {KMSMasterKeyId: alias/ledger}",
        "ContributorInsightsSpecification: {Enabled: true}",
        "ResourcePolicy: {PolicyDocument: {}}",
    ],
)
def test_setting_of_one_replica_is_found(setting: str) -> None:
    """Each of those that DynamoDB does not copy."""
    assert objections(good("replica_settings", (LAST, f"{LAST}          {setting}\n"))) == ["E9730"]


@pytest.mark.parametrize(
    ("changes", "numbers"),
    [
        pytest.param([("      Replicas:", "      TimeToLiveSpecification: {Enabled: false}\n      Replicas:")], [], id="TTL off"),
        pytest.param([("      Replicas:", "      LocalSecondaryIndexes: [{IndexName: a}]\n      Replicas:")], ["E9731"], id="local index"),
        pytest.param([(WITNESS, ""), (FIRST, FIRST + FIRST)], ["E9730", "E9732"], id="three replicas, two the same"),
        pytest.param([("{Region: us-west-2}", "{Region: us-east-1}")], ["E9732"], id="witness where a replica is"),
        pytest.param([("{Region: us-west-2}", "{Region: !Ref Witness}")], [], id="witness unknown"),
        pytest.param(
            [("MultiRegionConsistency: STRONG", "MultiRegionConsistency: !Ref Mode"), (WITNESS, "")], [], id="consistency unknown"
        ),
    ],
)
def test_strong_tables_are_judged_by_what_is_known(changes: list[tuple[str, str]], numbers: list[str]) -> None:
    """Three different Regions, and none of what such tables lack."""
    assert objections(good("strong_table_regions", *changes)) == numbers


@pytest.mark.parametrize(
    ("changes", "numbers"),
    [
        pytest.param([("{Region: us-east-1}", "{Region: us-east-2}")], [], id="the stack may stand in either"),
        pytest.param([("{Region: us-east-1}", "{Region: us-east-1}, {Region: us-east-2}")], ["E9741"], id="none is left to the stack"),
        pytest.param([("ReplicaRegions: [{Region: us-east-1}]", "ReplicaRegions: [{Region: !Ref Other}]")], [], id="unknown"),
        pytest.param([(FIRST, "        - Region: !Ref Other\n")], [], id="the table's are unknown"),
        pytest.param(
            [("ReplicaRegions: [{Region: us-east-1}]", "ReplicaRegions: [{Region: us-east-1, KmsKeyId: 'arn:aws:kms:us-east-2:1:key/a'}]")],
            ["E9742"],
            id="key of another Region",
        ),
    ],
)
def test_secrets_are_judged_beside_the_table(changes: list[tuple[str, str]], numbers: list[str]) -> None:
    """One of the table's Regions is the stack's own, whichever it is."""
    assert objections(good("secret_regions", *changes)) == numbers


@pytest.mark.parametrize(
    ("key", "numbers"),
    [
        pytest.param("arn:aws:kms:us-east-1:111122223333:key/1234-5678", [], id="key of the replica's Region"),
        pytest.param("arn:aws:kms:us-east-2:111122223333:key/1234-5678", ["E9742"], id="key of another"),
        pytest.param("alias/secrets", [], id="alias"),
        pytest.param("!Ref Key", ["E9742"], id="key of this stack"),
    ],
)
def test_key_of_a_secrets_replica_is_of_its_region(key: str, numbers: list[str]) -> None:
    """A secret's replicas are all elsewhere: the stack's own key is none of theirs."""
    body = good("secret_regions", ("[{Region: us-east-1}]", f"[{{Region: us-east-1, KmsKeyId: {key}}}]"))

    assert objections(f"{body}\n{KEY.replace('MULTI', 'false')}") == numbers


def test_secret_alone_is_nobodys_business() -> None:
    """A template without a global table may be for one Region."""
    assert objections("Resources: {ApiKey: {Type: AWS::SecretsManager::Secret, Properties: {GenerateSecretString: {}}}}") == []


def test_secret_beside_a_table_of_one_region_is_in_the_same() -> None:
    """Where the data is lost with its Region, the secret may be, too."""
    alone = good("secret_replicas", ("      ReplicaRegions: [{Region: us-east-1}]\n", ""))
    first, last = alone.split(LAST)

    assert objections(alone) == ["W9740"]
    assert objections(first + last[last.index("  ApiKey:") :]) == ["W9735"]


@pytest.mark.parametrize(
    ("key", "numbers"),
    [
        pytest.param("!Ref KeyArn", [], id="parameter"),
        pytest.param("mrk-1234", [], id="multi-Region key"),
        pytest.param("1234-5678", ["E9742"], id="one key for both"),
        pytest.param("!Ref Key", ["E9742"], id="key of this stack for both"),
        pytest.param("!GetAtt Key.Arn", ["E9742"], id="its ARN for both"),
    ],
)
def test_keys_of_replicas_are_judged_by_region(key: str, numbers: list[str]) -> None:
    """A key works in its own Region only."""
    body = good("replica_key", ("alias/ledger", key)) + "\n" + KEY.replace("MULTI", "false")

    assert objections(body) == numbers


def test_key_of_the_stack_serves_one_replica() -> None:
    """The one in the stack's own Region, whichever that is."""
    first, last = good("replica_key").split(LAST)
    body = first.replace("alias/ledger", "!Ref Key") + LAST + last

    assert objections(f"{body}\n{KEY.replace('MULTI', 'false')}") == []


def test_one_replica_needs_no_stream() -> None:
    """There is nothing to replicate."""
    lone = good("replica_stream", ("      StreamSpecification: {StreamViewType: NEW_AND_OLD_IMAGES}\n", "")).split(LAST)[0]

    assert objections(lone) == ["W9735"]


def test_multi_region_key_serves_every_replica_by_its_id() -> None:
    """Its id is the same in each Region, its ARN is not."""
    key = KEY.replace("MULTI", "true")

    assert objections(good("replica_key", ("alias/ledger", "!Ref Key")) + "\n" + key) == []
    assert objections(good("replica_key", ("alias/ledger", "!GetAtt Key.Arn")) + "\n" + key) == ["E9742"]


@pytest.mark.parametrize(
    ("changes", "numbers"),
    [
        pytest.param(
            [("VersioningConfiguration: {Status: Enabled}", "VersioningConfiguration: {Status: Suspended}")], ["E9750"], id="suspended"
        ),
        pytest.param(
            [("SseKmsEncryptedObjects: {Status: Enabled}", "SseKmsEncryptedObjects: {Status: Disabled}")], ["E9751"], id="opted out"
        ),
        pytest.param(
            [('              EncryptionConfiguration: {ReplicaKmsKeyID: "arn:aws:kms:us-east-2:111122223333:alias/audit"}\n', "")],
            ["E9751"],
            id="no key for the copy",
        ),
        pytest.param(
            [
                ('SSEAlgorithm: "aws:kms"', "SSEAlgorithm: AES256"),
                ("            SourceSelectionCriteria: {SseKmsEncryptedObjects: {Status: Enabled}}\n", ""),
            ],
            [],
            id="not encrypted with KMS",
        ),
        pytest.param([("arn:aws:s3:::audit-log-ohio", "!GetAtt AuditLog.Arn")], ["W9752"], id="itself, by reference"),
        pytest.param(
            [("arn:aws:s3:::audit-log-ohio", "!Sub 'arn:aws:s3:::logs-${AWS::Region}'")], ["W9752"], id="named after its own Region"
        ),
        pytest.param([("arn:aws:s3:::audit-log-ohio", "!Ref PeerArn")], [], id="unknown"),
    ],
)
def test_replication_is_judged_by_what_is_known(changes: list[tuple[str, str]], numbers: list[str]) -> None:
    """What S3 refuses, what it skips, and a copy that stays."""
    assert objections(good("replication_encryption", *changes)) == numbers


@pytest.mark.parametrize(
    ("transition", "setting", "numbers"),
    [
        pytest.param("STANDARD_IA", "varies_by_storage_class", ["W9754"], id="infrequent access never takes small ones"),
        pytest.param("GLACIER", "varies_by_storage_class", [], id="Glacier does when told"),
        pytest.param("GLACIER", "all_storage_classes_128K", ["W9754"], id="Glacier does not by default"),
    ],
)
def test_lifecycle_is_judged_class_by_class(transition: str, setting: str, numbers: list[str]) -> None:
    """The bucket's setting speaks of the Glacier classes only."""
    body = good(
        "lifecycle_small_objects",
        ('            ObjectSizeGreaterThan: "1"\n', ""),
        ("STANDARD_IA", transition),
        ("      LifecycleConfiguration:\n", f"      LifecycleConfiguration:\n        TransitionDefaultMinimumObjectSize: {setting}\n"),
    )

    assert objections(body) == numbers
