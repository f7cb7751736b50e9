"""What rendering hands on: finished template bodies and packages, with the digests a plan is made from."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Literal

from deployer.vocabulary.values import StackParameter

TemplateKind = Literal["bootstrap", "regional", "global"]


def digest_of(body: bytes) -> str:
    """Return the SHA-256 of `body` in lower-case hexadecimal, 64 characters."""
    return sha256(body).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderedTemplate:
    """One CloudFormation body and the parameter values it is to be applied with.

    `body` is YAML text; the same input gives the same bytes. `parameters` holds every parameter the body declares without
    a default, and those whose value differs from it, sorted by name.
    """

    kind: TemplateKind
    body: str
    parameters: tuple[StackParameter, ...]

    @property
    def digest(self) -> str:
        """The body's SHA-256."""
        return digest_of(self.body.encode())


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """A function's or canary's zip or the shared layer, on disk, named by the digest of its bytes.

    `name` is the folder's name under `functions/` (`payment`, `layer`) or the file's under `canaries/` (`payment_path`); `key` is where
    it goes in every Region's artifact bucket.
    """

    name: str
    path: Path
    digest: str
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderedSystem:
    """All three templates and every package they refer to."""

    bootstrap: RenderedTemplate
    regional: RenderedTemplate
    global_: RenderedTemplate
    packages: tuple[Package, ...]
