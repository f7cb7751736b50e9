"""`AWS::EC2::SecurityGroupIngress` and `…Egress` through EC2's own API: rules that stand beside their group.

Source: AWS::EC2::SecurityGroupIngress and AWS::EC2::SecurityGroupEgress, CloudFormation Template Reference. Everything
but the description is create-only; a rule that changes is made anew.
"""

from __future__ import annotations

from typing import Any, Final

from deployer.local import attach, schemas
from deployer.local.attach import ResourceType
from deployer.local.own_calls import own_client


class _Direction:
    """Rules of one direction; `kind` is `Ingress` or `Egress`, `peer` how the properties name the other side."""

    def __init__(self, kind: str, peer: str) -> None:
        self._name = f"AWS::EC2::SecurityGroup{kind}"
        self._kind = kind.lower()
        self._peer = peer

    def as_resource_type(self) -> ResourceType:
        """Return the type as CloudFormation's engine takes it."""
        create_only = ("GroupId", "IpProtocol", "FromPort", "ToPort", "CidrIp", "CidrIpv6", *self._peers())
        return ResourceType(create=self.create, update=self.update, delete=self.delete, create_only=create_only)

    def create(self, logical_id: str, properties: dict[str, Any], stack_name: str) -> tuple[str, dict[str, Any]]:
        """Add the rule to its group; its id is what `Ref` answers. Raises ValueError or EC2's refusal."""
        mistakes = schemas.mistakes_in(self._name, attach.current_region(), properties)
        if mistakes:
            raise ValueError(f"Model validation failed ({'; '.join(mistakes)})")
        authorize = getattr(own_client("ec2"), f"authorize_security_group_{self._kind}")
        answer = authorize(GroupId=properties["GroupId"], IpPermissions=[self._permission(properties)])
        rule_id = answer["SecurityGroupRules"][0]["SecurityGroupRuleId"]
        return rule_id, {"Id": rule_id}

    def update(
        self, physical_id: str, old: dict[str, Any], new: dict[str, Any], stack_name: str, logical_id: str
    ) -> tuple[str, dict[str, Any]]:
        """Change the description; EC2 finds the rule by what it allows."""
        describe = getattr(own_client("ec2"), f"update_security_group_rule_descriptions_{self._kind}")
        describe(GroupId=new["GroupId"], IpPermissions=[self._permission(new)])
        return physical_id, {"Id": physical_id}

    def delete(self, physical_id: str, properties: dict[str, Any]) -> None:
        """Take the rule from its group; a group that is gone took it along."""
        client = own_client("ec2")
        revoke = getattr(client, f"revoke_security_group_{self._kind}")
        try:
            revoke(GroupId=properties["GroupId"], IpPermissions=[self._permission(properties)])
        except client.exceptions.ClientError as refused:
            if refused.response["Error"]["Code"] not in ("InvalidGroup.NotFound", "InvalidPermission.NotFound"):
                raise

    def _peers(self) -> tuple[str, str]:
        return f"{self._peer}SecurityGroupId", f"{self._peer}PrefixListId"

    def _permission(self, properties: dict[str, Any]) -> dict[str, Any]:
        """Return EC2's IpPermission for the rule."""
        said = {"Description": properties["Description"]} if properties.get("Description") else {}
        group, prefix_list = self._peers()
        sides = (
            ("CidrIp", "IpRanges", "CidrIp"),
            ("CidrIpv6", "Ipv6Ranges", "CidrIpv6"),
            (group, "UserIdGroupPairs", "GroupId"),
            (prefix_list, "PrefixListIds", "PrefixListId"),
        )
        permission: dict[str, Any] = {"IpProtocol": str(properties["IpProtocol"])}
        permission |= {name: int(properties[name]) for name in ("FromPort", "ToPort") if name in properties}
        permission |= {ranges: [{key: properties[name]} | said] for name, ranges, key in sides if properties.get(name)}
        return permission


SECURITY_GROUP_INGRESS: Final = _Direction("Ingress", "Source").as_resource_type()
SECURITY_GROUP_EGRESS: Final = _Direction("Egress", "Destination").as_resource_type()
