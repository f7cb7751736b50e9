"""What can go wrong, in three parts a person can act on: summary, detail and way out.

The tree, with the exit code a command ends with:

    DeployerError            1
      InputRefused           2   the parameter file, the command line or a plan file
      AwsRefused             3   a call that AWS answered with an error
      RolloutFailed          4   a stack or a Region that did not settle as planned
        GateFailed           4   a Region that settled and is not good: it was not let through its gate
        OperationStopped     4   somebody stopped an operation, which nobody overrules
        RolloutUndone        5   a roll-out that failed, and what stood before it stands again
        UndoFailed           6   a roll-out that failed and could not be undone
      RolloutBusy            7   someone else's operation is under way
      Diverged               8   what is deployed is not what was rolled out
      StoppedWatching      130   a person pressed Ctrl-C, or SIGTERM came; what AWS has begun goes on
"""

from __future__ import annotations

from dataclasses import dataclass


class DeployerError(Exception):
    """An end that a person can act on.

    Args:
        summary: one sentence, what did not work and where.
        detail: the cause in the words of whoever refused (AWS, a file, a rule); may be several lines.
        hint: the way out, as an instruction.
    """

    exit_code = 1

    def __init__(self, summary: str, detail: str = "", hint: str = "") -> None:
        super().__init__(summary)
        self.summary = summary
        self.detail = detail
        self.hint = hint

    def __str__(self) -> str:
        return "\n".join(part for part in (self.summary, self.detail, self.hint) if part)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """One fault in something a person wrote.

    `place` is `file:line` (1-based) or a command-line option; `sentence` names the field and the fault;
    `nearest` is the known name closest to an unknown one, or empty.
    """

    place: str
    sentence: str
    nearest: str = ""

    def __str__(self) -> str:
        guess = f"; did you mean {self.nearest}?" if self.nearest else ""
        return f"{self.place}: {self.sentence}{guess}"


class InputRefused(DeployerError):
    """What a person typed cannot be used; carries every mistake found, never only the first."""

    exit_code = 2

    def __init__(self, summary: str, mistakes: tuple[Mistake, ...] = (), hint: str = "") -> None:
        super().__init__(summary, "\n".join(str(mistake) for mistake in mistakes), hint)
        self.mistakes = mistakes


class AwsRefused(DeployerError):
    """AWS answered a call with an error. `code` is AWS's own error code, such as `AccessDenied`."""

    exit_code = 3

    def __init__(self, *, service: str, operation: str, region: str, code: str, message: str, hint: str = "") -> None:
        super().__init__(f"{service} refused {operation} in {region}", f"{code}: {message}", hint)
        self.service, self.operation, self.region, self.code = service, operation, region, code


class RolloutFailed(DeployerError):
    """A step did not reach the state the plan asked for; the detail says which resource, why, and what stands where.

    `cause` is the part of the detail that stays true when something is put back; `standing` is the rest, a line a Region.
    """

    exit_code = 4

    def __init__(self, summary: str, detail: str = "", hint: str = "", *, standing: str = "") -> None:
        super().__init__(summary, "\n".join(part for part in (detail, standing) if part), hint)
        self.cause, self.standing = detail, standing


class OperationStopped(RolloutFailed):
    """Somebody stopped a StackSet operation while it was at work: neither gone on with nor undone until a person says so."""


class RolloutUndone(RolloutFailed):
    """A roll-out failed and was undone; the detail begins with why it failed, then says what was put back and what stands where."""

    exit_code = 5


class UndoFailed(RolloutFailed):
    """A roll-out failed and could not be undone; the detail begins with why it failed, then why the undo did, then what stands."""

    exit_code = 6


class GateFailed(RolloutFailed):
    """A Region did not pass its gate: the summary says which, and which check; the detail holds the last samples."""


class RolloutBusy(DeployerError):
    """Another operation is under way on the same system; the detail says whose."""

    exit_code = 7


class Diverged(DeployerError):
    """What is deployed differs from what was rolled out."""

    exit_code = 8


class StoppedWatching(DeployerError):
    """A person or a signal interrupted the deployer (128 + SIGINT, as shells count); AWS finishes what it has begun."""

    exit_code = 130
