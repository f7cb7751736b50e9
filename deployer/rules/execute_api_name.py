"""W9721: what watches the API asks the name that callers use."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cfnlint.rules import CloudFormationLintRule

if TYPE_CHECKING:
    from deployer.rules.reading import Fault, Reading

_ASKED = ("HealthCheckConfig", "FullyQualifiedDomainName")


class ExecuteApiName(CloudFormationLintRule):  # type: ignore[misc]
    """Finds a watch on the default endpoint."""

    id = "W9721"
    shortdesc = "Health checks and canaries ask a custom domain, not an execute-api name"
    description = (
        "The default endpoint has another certificate and another host name than callers meet, and answers 403 once "
        "DisableExecuteApiEndpoint is set: a check of it says nothing of what callers see. API Gateway's Regional domain names (d-...) "
        "contain execute-api too and answer 403 to any other host."
    )
    source_url = "https://docs.aws.amazon.com/apigateway/latest/developerguide/rest-api-disable-default-endpoint.html"
    facts = ("F3.2", "F3.3")
    tags = ("multi-region", "route53", "synthetics", "apigateway")
    parent_rules = ("E9700",)

    def faults(self, reading: Reading) -> Iterator[Fault]:
        """Yield a fault for each execute-api name that is asked."""
        asked = [node for check in reading.resources("AWS::Route53::HealthCheck") for node in check.each(*_ASKED)]
        for canary in reading.resources("AWS::Synthetics::Canary"):
            for part in (("RunConfig", "EnvironmentVariables"), ("Code", "Script")):
                asked += [leaf for node in canary.each(*part) for leaf in node.leaves()]
        for node in asked:
            if ".execute-api." in (node.text or ""):
                yield node.path, f"{node.path[1]} asks an execute-api name, which callers do not use"
