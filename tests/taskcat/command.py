"""taskcat's command line, with the embedded AWS for AWS and nothing else within its reach."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

from deployer.local.state import LocalState

SECONDS_MAX: Final = 150
_KEPT: Final = ("PATH", "LANG", "LC_ALL", "TMPDIR")


def taskcat(*words: str, project: Path, variables: dict[str, str]) -> bool:
    """Run `taskcat WORDS` in the project's folder, its words shown as they come; return whether it ended well."""
    print(f"$ taskcat {' '.join(words)}", flush=True)
    program = Path(sys.executable).with_name("taskcat")
    outcome = subprocess.run(
        [str(program), *words],
        cwd=project,
        env=variables,
        stdin=subprocess.DEVNULL,
        stderr=subprocess.STDOUT,
        timeout=SECONDS_MAX,
        check=False,
    )
    return outcome.returncode == 0


def variables_for(state: LocalState, *, home: Path, proxy: str, ca_bundle: Path) -> dict[str, str]:
    """Return the variables taskcat runs with, after writing the credentials below `home`.

    taskcat names the profile `default` itself, and boto3 then takes credentials from files alone. A home of its own also keeps a
    person's own `~/.taskcat.yml` out.
    """
    credentials = home / ".aws" / "credentials"
    credentials.parent.mkdir(parents=True, exist_ok=True)
    credentials.touch(mode=0o600)
    credentials.write_text(
        f"[default]\naws_access_key_id = {state.access_key_id}\naws_secret_access_key = {state.secret_access_key}\n", encoding="utf-8"
    )
    return {name: os.environ[name] for name in _KEPT if name in os.environ} | {
        "HOME": str(home),
        "AWS_ENDPOINT_URL": state.endpoint,
        "AWS_DEFAULT_REGION": state.regions[0],
        "AWS_EC2_METADATA_DISABLED": "true",
        "HTTP_PROXY": proxy,
        "HTTPS_PROXY": proxy,
        "NO_PROXY": "127.0.0.1",
        "REQUESTS_CA_BUNDLE": str(ca_bundle),
        # It uses a part of setuptools that announces its own end.
        "PYTHONWARNINGS": "ignore",
        "PYTHONUNBUFFERED": "1",
    }
