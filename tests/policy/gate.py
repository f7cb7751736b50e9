"""The policy gate: checkov on what every parameter file renders to, with no failed check.

Run as `python -m tests.policy.gate` by `tox -e policy`, in an environment of checkov's own: its pins and the deployer's exclude
each other. Rendering needs the lowest rooms alone, so nothing has to be rendered beforehand. checkov asks nobody: no platform, no key.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

from deployer.params.load import load_environment
from deployer.rendering.render import render_system, write_templates
from tests.policy.verdict import faults, suppressions_in, unsuppressed
from tests.support.rendering import as_data

ROOT: Final = Path(__file__).parents[2]
FOLDER: Final = ROOT / "build" / "policy"
UNSUPPRESSED: Final = ".unsuppressed.json"
SECONDS_MAX: Final = 170


def main() -> int:
    """Render, judge, print every fault and every suppression; return 0 when there is no fault."""
    templates = render_all()
    found = faults(report_on(templates), templates, suffix_unsuppressed=UNSUPPRESSED)
    for line in suppression_lines(templates):
        print(line)
    for fault in found:
        print(fault, file=sys.stderr)
    print(f"{len(templates)} templates, {len(found)} faults")
    return 1 if found else 0


def render_all() -> dict[str, Any]:
    """Write the bodies of every parameter file and a copy without suppressions beside each; return them by `<file>/<kind>`."""
    templates = {}
    for params in sorted((ROOT / "params").glob("*.yaml")):
        system = render_system(load_environment(params), source=ROOT, build=ROOT / "build")
        for path in write_templates(system, FOLDER / params.stem):
            template = as_data(path.read_text(encoding="utf-8"))
            templates[f"{params.stem}/{path.stem}"] = template
            path.with_suffix(UNSUPPRESSED).write_text(json.dumps(unsuppressed(template), indent=1), encoding="utf-8")
    return templates


def report_on(templates: dict[str, Any]) -> dict[str, Any]:
    """Return checkov's report on the written bodies and their copies; fails loudly when checkov gives none."""
    files = [f"{FOLDER.relative_to(ROOT)}/{name}{suffix}" for name in templates for suffix in (".yaml", UNSUPPRESSED)]
    command = [sys.executable, "-m", "checkov.main", "--framework", "cloudformation", "--skip-download", "--compact"]
    outcome = subprocess.run(
        [*command, "--output", "json", "--file", *files], cwd=ROOT, stdout=subprocess.PIPE, text=True, timeout=SECONDS_MAX, check=False
    )
    report: dict[str, Any] = json.loads(outcome.stdout)
    return report


def suppression_lines(templates: dict[str, Any]) -> list[str]:
    """Return each suppression once, as check, resources and reason, for whoever audits them."""
    resources: dict[tuple[str, str], dict[str, None]] = {}
    for name, template in templates.items():
        for one in suppressions_in(name, template):
            resources.setdefault((one.check, one.reason), {})[f"{name.partition('/')[2]} {one.resource}"] = None
    return [f"{check} suppressed for {', '.join(where)}: {reason}" for (check, reason), where in sorted(resources.items())]


if __name__ == "__main__":
    sys.exit(main())
