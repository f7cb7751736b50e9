"""The contract gate: schemathesis against the running API, over HTTPS in both Regions, from the OpenAPI file alone.

Run as `python -m tests.contract.gate` by `tox -e contract`. The system is rolled out as the README says, into an embedded AWS of its
own. What is sent follows from a seed, so that a failure comes again; `--seed N` tries others, `--examples N` more of them.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Final

from tests.contract.way_to_edges import way_to_edges
from tests.support.main_job import ROOT, Copy, a_copy

CONTRACT: Final = ROOT / "templates" / "contract" / "openapi.yaml"
CONFIGURATION: Final = Path(__file__).with_name("schemathesis.toml")
ZONE: Final = "pay.example.test"
SEED: Final = 4217
SECONDS_MAX: Final = 300


def main() -> int:
    """Run the gate; return 0 when no Region's API strayed from the contract."""
    parser = argparse.ArgumentParser(prog="python -m tests.contract.gate", description="Test the running API against its contract.")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--examples", type=int, help="of each operation and phase; schemathesis.toml says how many else")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, a_copy(Path(folder) / "project") as copy:
        ended = copy.run("roll-out", copy.params, "--yes")
        if ended.exit_code:
            print(ended.output, file=sys.stderr)
            return 1
        regions = copy.state.regions
        with ThreadPoolExecutor(len(regions)) as pool:
            kept = pool.map(partial(keeps_to_the_contract, copy, seed=given.seed, examples=given.examples), regions)
            strayed = [region for region, is_kept in zip(regions, kept, strict=True) if not is_kept]
    print(f"contract: {', '.join(strayed) or 'no Region'} strayed from it")
    return 1 if strayed else 0


def keeps_to_the_contract(copy: Copy, region: str, seed: int, examples: int | None) -> bool:
    """Run schemathesis against one Region's API, its words shown when it has ended; return whether it found nothing."""
    name = f"{region}.api.{ZONE}"
    words = [
        *("--config-file", str(CONFIGURATION), "run", str(CONTRACT), "--url", f"https://{name}", "--seed", str(seed)),
        *("--tls-verify", copy.state.ca_bundle, "--continue-on-failure", *(("--max-examples", str(examples)) if examples else ())),
    ]
    key = copy.run("local", "api-key", copy.params).stdout.strip()
    variables = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    with way_to_edges({name: copy.state.edges[region]}) as proxy:
        ended = subprocess.run(
            [str(Path(sys.executable).with_name("schemathesis")), *words, "--proxy", proxy],
            cwd=ROOT,
            env=variables | {"PAYMENT_API_KEY": key, "PYTHONPATH": str(ROOT)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=SECONDS_MAX,
            check=False,
        )
    print(f"=== {region} ===\n{ended.stdout}", flush=True)
    return ended.returncode == 0


if __name__ == "__main__":
    sys.exit(main())
