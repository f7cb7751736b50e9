"""The rule pack: faults of a system in several Regions that pass every public rule, in cfn-lint's own rule interface.

Usable alone, without the deployer: `cfn-lint --append-rules deployer/rules TEMPLATE`; docs/rules.md lists the rules. One file is one
rule. cfn-lint loads each file of the folder by itself, so no rule imports another: `reading.py` reads the template once and hands it
down. This file is for the deployer and imports nothing of cfn-lint, which takes a second.
"""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).parent


def pack_digest(folder: Path = FOLDER) -> str:
    """Return the SHA-256 of a pack's files in lower-case hexadecimal: a verdict of another pack says nothing of this one's."""
    digest = sha256()
    for path in sorted(folder.glob("*.py")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()
