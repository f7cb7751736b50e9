"""The HTTPS edge of one Region: what API Gateway's Regional endpoint is to a custom domain, on a loopback address.

A name is served only where it is registered as a custom domain in the edge's own Region and covered by its ACM
certificate; for any other name the handshake fails, as there is no certificate to show. Base path mappings are
resolved here, because MiniStack mixes up one name registered in two Regions.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterable
from typing import Final

from deployer.local import attach, attach_api_gateway
from deployer.local.asgi import Application, Receive, Scope, Send, forbid, host_of, live
from deployer.local.attach_api_gateway import CustomDomain, EdgeRequest
from deployer.local.certificates import NameCertificates, bare_context

ALPN_PROTOCOLS: Final = ["h2", "http/1.1"]
_REPLACED: Final = frozenset({b"x-forwarded-for", b"x-forwarded-proto", b"x-forwarded-port", b"host"})


def edge_tls(account_id: str, region: str, certificates: NameCertificates) -> ssl.SSLContext:
    """Return the TLS context of a Region's edge: it picks the certificate by the server name the client asks for."""
    context = bare_context(ALPN_PROTOCOLS)

    def choose(connection: ssl.SSLObject, name: str | None, _: ssl.SSLContext) -> int | None:
        domain = attach_api_gateway.custom_domain(account_id, region, name) if name else None
        if domain is None or not is_covered(domain):
            return ssl.ALERT_DESCRIPTION_UNRECOGNIZED_NAME
        connection.context = certificates.context_for(domain.name)
        return None

    context.sni_callback = choose
    return context


def is_covered(domain: CustomDomain) -> bool:
    """Tell whether the domain's ACM certificate names it, literally or by a wildcard for its first label (RFC 6125)."""
    wildcard = "*." + domain.name.partition(".")[2]
    return any(name.lower() in (domain.name, wildcard) for name in domain.certificate_names)


def edge_application(application: Application, account_id: str, region: str) -> Application:
    """Return an ASGI application that forwards a custom domain's requests to its API and stage in `application`.

    Method, query and body stay as they came; `X-Forwarded-For`, `-Proto` and `-Port` are added as API Gateway does. A
    name or path that is mapped to nothing gets API Gateway's 403.
    """

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await live(receive, send)
            return
        name = host_of(scope)
        domain = attach_api_gateway.custom_domain(account_id, region, name)
        target = resolve(domain, scope["path"]) if domain and scope["type"] == "http" else None
        if target is None:
            await forbid(scope, send)
            return
        source_ip = (scope.get("client") or ("127.0.0.1",))[0]
        asked = EdgeRequest(domain_name=name, path=scope["path"], source_ip=source_ip, repeated=_repeated(scope["headers"]))
        token = attach_api_gateway.edge_request.set(asked)
        try:
            with attach.scope(account_id, region):
                await application(_forwarded(scope, target, source_ip), receive, send)
        finally:
            attach_api_gateway.edge_request.reset(token)

    return serve


def resolve(domain: CustomDomain, path: str) -> tuple[str, str] | None:
    """Return (execute-api path prefix, base path to take off) for a request path, or None when nothing is mapped to it.

    The longest base path that ends at a segment wins; a mapping without a stage takes the stage from the path.
    Source: "Use API mappings to connect API stages to a custom domain name", API Gateway Developer Guide.
    """
    matching = [mapping for mapping in domain.mappings if not mapping[0] or f"{path}/".startswith(f"/{mapping[0]}/")]
    if not matching:
        return None
    base_path, api_id, stage = max(matching, key=lambda mapping: len(mapping[0]))
    prefix = f"/_aws/execute-api/{api_id}"
    return (f"{prefix}/{stage}" if stage else prefix, f"/{base_path}" if base_path else "")


def _repeated(headers: Iterable[tuple[bytes, bytes]]) -> dict[str, tuple[str, ...]]:
    """Return the headers that were sent more than once and go on as they came, by lower-case name, with every value."""
    found: dict[bytes, tuple[str, ...]] = {}
    for name, value in headers:
        found[name.lower()] = (*found.get(name.lower(), ()), value.decode("latin-1"))
    return {name.decode("latin-1"): values for name, values in found.items() if len(values) > 1 and name not in _REPLACED}


def _forwarded(scope: Scope, target: tuple[str, str], source_ip: str) -> Scope:
    prefix, base_path = target
    rest = scope["path"][len(base_path) :] or "/"
    raw_path = scope.get("raw_path") or scope["path"].encode()
    headers = [(name, value) for name, value in scope["headers"] if name.lower() not in _REPLACED]
    seen = [value.decode("latin-1") for name, value in scope["headers"] if name.lower() == b"x-forwarded-for"]
    headers += [
        (b"x-forwarded-for", ", ".join([*seen, source_ip]).encode("latin-1")),
        (b"x-forwarded-proto", b"https"),
        (b"x-forwarded-port", b"443"),
        (b"host", host_of(scope).encode("latin-1")),
    ]
    return scope | {
        "path": prefix + rest,
        # Base paths are made of unreserved characters, so they are as long encoded as decoded.
        "raw_path": prefix.encode() + (raw_path[len(base_path) :] or b"/"),
        "headers": headers,
    }
