"""`AWS::WAFv2::WebACLAssociation` through WAF's own API: recorded, answered by GetWebACLForResource, filtering nothing.

Source: AWS::WAFv2::WebACLAssociation, CloudFormation Template Reference; both properties are create-only (F3.8).
"""

from __future__ import annotations

from typing import Any, Final

from deployer.local.attach import ResourceType
from deployer.local.own_calls import own_client


def create(logical_id: str, properties: dict[str, Any], stack_name: str) -> tuple[str, dict[str, Any]]:
    """Associate the web ACL with the resource; the physical id is made of both ARNs."""
    resource_arn, acl_arn = str(properties["ResourceArn"]), str(properties["WebACLArn"])
    own_client("wafv2").associate_web_acl(ResourceArn=resource_arn, WebACLArn=acl_arn)
    return f"{resource_arn}|{acl_arn}", {}


def update(physical_id: str, old: dict[str, Any], new: dict[str, Any], stack_name: str, logical_id: str) -> tuple[str, dict[str, Any]]:
    """Nothing can change in place: every property means replacement."""
    return create(logical_id, new, stack_name)


def delete(physical_id: str, properties: dict[str, Any]) -> None:
    """Take the association away, unless the resource has been given another web ACL meanwhile."""
    resource_arn, _, acl_arn = physical_id.partition("|")
    client = own_client("wafv2")
    try:
        # Not GetWebACLForResource: MiniStack answers a rule's search text as the template has it, and boto3 expects base64.
        if resource_arn in client.list_resources_for_web_acl(WebACLArn=acl_arn).get("ResourceArns", []):
            client.disassociate_web_acl(ResourceArn=resource_arn)
    except client.exceptions.WAFNonexistentItemException:
        return


WEB_ACL_ASSOCIATION: Final = ResourceType(create=create, update=update, delete=delete, create_only=("ResourceArn", "WebACLArn"))
