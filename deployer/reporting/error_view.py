"""How an end is told: what did not work, why, and the way out."""

from __future__ import annotations

from dataclasses import dataclass
from textwrap import indent
from typing import Any

from rich.text import Text

from deployer.vocabulary.errors import DeployerError, InputRefused


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorView:
    """One end in the three parts of `DeployerError`; `mistakes` are (place, sentence, nearest) of refused input."""

    summary: str
    detail: str
    hint: str
    exit_code: int
    mistakes: tuple[tuple[str, str, str], ...] = ()

    @classmethod
    def of(cls, error: DeployerError) -> ErrorView:
        """Return the view of an error, with every mistake a refused input carries."""
        mistakes = error.mistakes if isinstance(error, InputRefused) else ()
        return cls(
            summary=error.summary,
            detail=error.detail,
            hint=error.hint,
            exit_code=error.exit_code,
            mistakes=tuple((mistake.place, mistake.sentence, mistake.nearest) for mistake in mistakes),
        )

    def record(self) -> dict[str, Any]:
        """Return the error as one record; `mistakes` is empty unless input was refused."""
        return {
            "event": "error",
            "exit_code": self.exit_code,
            "summary": self.summary,
            "detail": self.detail,
            "hint": self.hint,
            "mistakes": [{"place": place, "sentence": sentence, "nearest": nearest} for place, sentence, nearest in self.mistakes],
        }

    def drawing(self) -> Text:
        """Return the summary in red, the detail below it and the way out last."""
        text = Text.assemble(("error: ", "bold red"), (self.summary, "bold"))
        if self.detail:
            text.append("\n" + indent(self.detail, "  "))
        if self.hint:
            text.append("\nway out: ", "bold cyan").append(indent(self.hint, "  ").strip())
        return text
