"""Writes the snapshots anew: `python -m tests.templates.update_snapshots`. Read the difference before it is committed."""

from __future__ import annotations

from pathlib import Path
from shutil import rmtree
from tempfile import TemporaryDirectory

from deployer.params.load import load_environment
from deployer.rendering.render import render_system
from tests.support.rendering import PROJECT, a_project
from tests.support.snapshots import ENVIRONMENTS, SNAPSHOTS, snapshots_of


def update() -> None:
    """Render every parameter file and write its bodies; what is no body of any of them goes."""
    with TemporaryDirectory() as folder:
        source = a_project(Path(folder) / "project")
        texts = {}
        for name in ENVIRONMENTS:
            environment = load_environment(PROJECT / "params" / f"{name}.yaml")
            texts |= snapshots_of(name, render_system(environment, source=source, build=Path(folder) / "build"))
    rmtree(SNAPSHOTS, ignore_errors=True)
    for place, text in texts.items():
        (SNAPSHOTS / place).parent.mkdir(parents=True, exist_ok=True)
        (SNAPSHOTS / place).write_text(text, "utf-8")


if __name__ == "__main__":
    update()
