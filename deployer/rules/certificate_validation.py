"""E9772: a certificate is issued without a person."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cfnlint.rules import CloudFormationLintRule

if TYPE_CHECKING:
    from deployer.rules.reading import Fault, Reading


class CertificateValidation(CloudFormationLintRule):  # type: ignore[misc]
    """Finds a stack that waits for three days."""

    id = "E9772"
    shortdesc = "A certificate is validated by DNS, with the hosted zone of every name"
    description = (
        "The default is validation by e-mail; and without a HostedZoneId for each name nobody makes the DNS record. Either way the stack "
        "hangs until somebody acts, in every Region anew. A zone in another account has to be excepted."
    )
    source_url = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-certificatemanager-certificate.html"
    facts = ("F8.3",)
    tags = ("multi-region", "acm")
    parent_rules = ("E9700",)

    def faults(self, reading: Reading) -> Iterator[Fault]:
        """Yield a fault for each certificate that CloudFormation cannot validate by itself."""
        for certificate in reading.resources("AWS::CertificateManager::Certificate"):
            method = certificate.first("ValidationMethod")
            if method is None or method.text == "EMAIL":
                yield certificate.path, f"{certificate.logical_id} is validated by e-mail"
                continue
            options = [option for option in certificate.items("DomainValidationOptions") if option.first("HostedZoneId")]
            covered = {node.text for option in options for node in option.each("DomainName")}
            names = [*certificate.each("DomainName"), *certificate.items("SubjectAlternativeNames")]
            missing = sorted({name.text for name in names if name.text is not None} - {text for text in covered if text is not None})
            if missing:
                yield certificate.path, f"{certificate.logical_id} has no HostedZoneId for {', '.join(missing)}"
