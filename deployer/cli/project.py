"""Where things lie: the project a parameter file belongs to, and its build folder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

TEMPLATES: Final = "templates"


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """`root` holds templates/ and functions/; everything made goes below its build/."""

    root: Path

    @property
    def build(self) -> Path:
        """The folder for everything made, packages first: environments share them by digest."""
        return self.root / "build"

    def build_of(self, suffix: str) -> Path:
        """Return the folder of one environment's rendered templates and event log."""
        return self.build / suffix


def project_of(params: Path) -> Project:
    """Return the project of a parameter file: its nearest parent folder with templates/, else that of the current folder."""
    for start in (params.resolve().parent, Path.cwd()):
        for folder in (start, *start.parents):
            if (folder / TEMPLATES).is_dir():
                return Project(root=folder)
    return Project(root=Path.cwd())
