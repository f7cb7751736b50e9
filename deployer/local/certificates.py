"""The local certificate authority, and a certificate for each custom domain, made when it is first asked for.

The authority lives in the home and survives restarts, so that trust given once lasts; its key never leaves the home
and has mode 0600. Certificates for names live in memory only.
"""

from __future__ import annotations

import os
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import trustme

CA_FILE: Final = "ca.pem"
CA_KEY_FILE: Final = "ca-key.pem"
# What ACM issues [D acm-certificate-characteristics]; longer ones are refused by some clients.
_VALID_DAYS: Final = 198


def load_or_create_authority(home: Path) -> trustme.CA:
    """Return the home's certificate authority, made and written down when there is none."""
    certificate, key = home / CA_FILE, home / CA_KEY_FILE
    if certificate.exists() and key.exists():
        return trustme.CA.from_pem(certificate.read_bytes(), key.read_bytes())
    authority = trustme.CA(organization_name="Payment deployer", organization_unit_name="Embedded AWS")
    with os.fdopen(os.open(key, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(authority.private_key_pem.bytes())
    certificate.write_bytes(authority.cert_pem.bytes())
    return authority


class NameCertificates:
    """TLS contexts by server name, each presenting a certificate for that one name."""

    def __init__(self, authority: trustme.CA, alpn_protocols: list[str]) -> None:
        self._authority = authority
        self._alpn_protocols = alpn_protocols
        self._contexts: dict[str, ssl.SSLContext] = {}

    def context_for(self, name: str) -> ssl.SSLContext:
        """Return the TLS context that proves to be `name`."""
        if name not in self._contexts:
            self._contexts[name] = self._new_context(name)
        return self._contexts[name]

    def _new_context(self, name: str) -> ssl.SSLContext:
        context = bare_context(self._alpn_protocols)
        # A clock a little behind must not take a certificate made this second for one from the future.
        now = datetime.now(UTC) - timedelta(minutes=5)
        leaf = self._authority.issue_cert(name, not_before=now, not_after=now + timedelta(days=_VALID_DAYS))
        leaf.configure_cert(context)
        return context


def bare_context(alpn_protocols: list[str]) -> ssl.SSLContext:
    """Return a server's TLS context without a certificate: TLS 1.2 or newer, as the security policy TLS_1_2 has it."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(alpn_protocols)
    return context
