"""E9771: health checkers can shake hands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from cfnlint.rules import CloudFormationLintRule

if TYPE_CHECKING:
    from deployer.rules.reading import Fault, Reading

# Type -> (the list its policies are in, if any; the policy).
_POLICIES: dict[str, tuple[tuple[str, ...], str]] = {
    "AWS::ApiGateway::DomainName": ((), "SecurityPolicy"),
    "AWS::ApiGateway::RestApi": ((), "SecurityPolicy"),
    "AWS::ApiGatewayV2::DomainName": (("DomainNameConfigurations",), "SecurityPolicy"),
    "AWS::ElasticLoadBalancingV2::Listener": ((), "SslPolicy"),
}
_ONLY_1_3 = re.compile(r"TLS13[-_]1[-_]3")


class TlsPolicy(CloudFormationLintRule):  # type: ignore[misc]
    """Finds a name that fails every health check."""

    id = "E9771"
    shortdesc = "A name that Route 53 checks speaks TLS 1.2"
    description = (
        "Health checkers speak TLS 1.0 to 1.2: a policy of TLS 1.3 alone fails every HTTPS check, and with both Regions sick Route 53 "
        "answers the primary whatever its state. Such a policy on a name that nothing checks is fine and may be excepted: a template does "
        "not say which names are."
    )
    source_url = "https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-security-policies.html"
    facts = ("F2.3", "F3.4")
    tags = ("multi-region", "apigateway", "route53")
    parent_rules = ("E9700",)

    def faults(self, reading: Reading) -> Iterator[Fault]:
        """Yield a fault for each policy of TLS 1.3 alone."""
        for kind, (listed, key) in _POLICIES.items():
            for resource in reading.resources(kind):
                for policy in (node for item in resource.items(*listed) for node in item.each(key)):
                    for name in policy.possible:
                        if _ONLY_1_3.search(name):
                            yield policy.path, f"{name} refuses Route 53's health checkers, which speak no TLS 1.3"
