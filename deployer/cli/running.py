"""The one place where an end becomes words and an exit code, for every command.

A DeployerError brings both along. Wrong usage is exit 2. A defect of the deployer itself is one sentence and the name of a file
that holds the traceback, exit 1; `--debug` shows the traceback itself. Ctrl-C and SIGTERM are exit 130, and say that AWS goes on.
"""

from __future__ import annotations

import gc
import os
import sys
import tempfile
import traceback
from collections.abc import Sequence
from typing import Any, Final, NoReturn

import click

from deployer.cli.options import OrderedGroup
from deployer.cli.session import Session, Surroundings
from deployer.cli.termination import sigterm_as_interrupt
from deployer.vocabulary.errors import DeployerError

EXIT_DEFECT: Final = 1
EXIT_USAGE: Final = 2
EXIT_STOPPED: Final = 130

# What loading makes stays: Python's own 700 would look through all of it hundreds of times before the first call to AWS.
_OBJECTS_BETWEEN_COLLECTIONS: Final = 50_000


class Root(OrderedGroup):
    """The group of all commands; hands each of them a `Session`."""

    def main(self, args: Sequence[str] | None = None, prog_name: str | None = None, **extra: Any) -> NoReturn:  # type: ignore[override]
        """Run one command line and exit; `obj` may be a `Surroundings` that stands in for the real ones."""
        gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS)
        words = list(sys.argv[1:] if args is None else args)
        surroundings = extra.pop("obj", None) or Surroundings()
        session = Session.open(surroundings, json="--json" in words)
        extra["standalone_mode"] = False
        try:
            with sigterm_as_interrupt(session.told_to_end):
                ended = super().main(words, prog_name, obj=session, **extra)
            code = ended if isinstance(ended, int) else 0
            sys.stdout.flush()
        except BrokenPipeError:
            # Whoever read the output has gone; Python would complain about it once more when it flushes at exit.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            code = EXIT_DEFECT
        except Exception as error:
            if "--debug" in words:
                traceback.print_exc()
            code = tell_end(error, session, is_json="--json" in words)
        sys.exit(code)


def tell_end(error: Exception, session: Session, *, is_json: bool) -> int:
    """Tell how a command ended badly and return its exit code."""
    from deployer.reporting.error_view import ErrorView

    match error:
        case DeployerError():
            view = ErrorView.of(error)
        case click.UsageError():
            if not is_json:
                error.show()
                return EXIT_USAGE
            hint = f"Run `{error.ctx.command_path} --help`." if error.ctx else ""
            view = ErrorView(summary=error.format_message(), detail="", hint=hint, exit_code=EXIT_USAGE)
        case click.ClickException():
            view = ErrorView(summary=error.format_message(), detail="", hint="", exit_code=EXIT_USAGE)
        case click.Abort():
            if not is_json:
                # The terminal has just shown ^C, in the middle of a line.
                click.echo(err=True)
            view = ErrorView(
                summary="Stopped by a signal" if session.told_to_end.is_set() else "Stopped by hand",
                detail="What AWS has begun goes on without the deployer.",
                hint="Run the same command again to go on from there, or `deployer status PARAMS` to look.",
                exit_code=EXIT_STOPPED,
            )
        case _:
            view = ErrorView(
                summary=f"The deployer itself has a defect: {type(error).__name__}",
                detail=f"{error}\nThe traceback is in {_kept(error)}",
                hint="Run the same command with --debug to see it here, and report it with that file.",
                exit_code=EXIT_DEFECT,
            )
    session.report.show_error(view)
    return view.exit_code


def _kept(error: Exception) -> str:
    """Write the traceback to a new file and return its path."""
    descriptor, path = tempfile.mkstemp(prefix="deployer-", suffix=".log")
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        traceback.print_exception(error, file=file)
    return path
