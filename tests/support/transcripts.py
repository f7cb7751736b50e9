"""Failing roll-outs as an engineer sees them: the terminal's last screen of each, taken on the embedded AWS, for docs/transcripts.md.

`python -m tests.support.transcripts` makes each failure happen to the real system, at a terminal of 120 columns and 40 lines, and prints
what is to be seen at the end; `--write` puts it into the document. Ids and seconds are those of that run. It takes some minutes.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

from bench.markdown import with_part
from deployer.local import control
from deployer.planning.restoring import package_keys
from deployer.vocabulary.errors import RolloutBusy, RolloutFailed, RolloutUndone, UndoFailed
from tests.support.main_job import ROOT, Copy, a_copy
from tests.support.terminal import COLUMNS, ROWS, Terminal, at_terminal

DOCUMENT: Final = ROOT / "docs" / "transcripts.md"
NAMES: Final = ("gate", "first", "busy", "undo", "back")

PRIMARY, STANDBY = "us-east-1", "us-east-2"
_AUDIT_BUCKET: Final = "payment-audit-logs-primary-local"
_COMMAND: Final = "deployer roll-out params/local.yaml --yes"
# So long a gate puts up with the bug that somebody else can come meanwhile.
_BAD_SECONDS: Final = 60
_WAIT_SECONDS_MAX: Final = 300.0
_LOOK_SECONDS: Final = 0.1

# A bug that only a payment meets: the health check is as good as ever.
_BUG: Final = ("def handle(event", 'def handle(event: Any, context: Any) -> Any:\n    raise KeyError("currency")\n\n\ndef _handle(event')
# Made after the function, so that the function has moved when this is refused.
_ROLE: Final = """
  SettlementRole:
    Type: AWS::IAM::Role
    DependsOn: PaymentFunction
    Properties:
      RoleName: !Sub "payment-settlement-${AWS::Region}-local"
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement:
          - {Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: sts:AssumeRole}
"""


@dataclass(frozen=True, slots=True)
class Scene:
    """One copy of the project, whose roll-outs are watched at a terminal."""

    copy: Copy
    home: Path

    def terminal(self) -> AbstractContextManager[Terminal]:
        """Start a roll-out at a terminal."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        variables = kept | {"DEPLOYER_LOCAL_HOME": str(self.home), "PYTHONPATH": str(ROOT), "NO_COLOR": "1", "TERM": "xterm"}
        words = [sys.executable, "-m", "deployer", *_COMMAND.split()[1:]]
        return at_terminal(words, self.copy.folder, variables)

    def roll_out(self, exit_code: int, meanwhile: Callable[[], None] = lambda: None) -> str:
        """Roll out to the end, while something else happens; return the last screen. Fails with it for any other exit code."""
        with self.terminal() as terminal:
            with terminal.read_meanwhile():
                meanwhile()
            ended = terminal.ended(_WAIT_SECONDS_MAX)
            assert ended == exit_code, f"exit {ended}, not {exit_code}:\n{terminal.screen.shown}"
            return f"{terminal.screen.shown}\n$ echo $?\n{ended}"

    def until_told(self, **fields: str) -> None:
        """Return once the newest roll-out's event log holds an event with these fields."""
        path, deadline = self.copy.folder / "build" / "local" / "events.jsonl", time.monotonic() + _WAIT_SECONDS_MAX
        while time.monotonic() < deadline:
            if path.exists() and any(_has(line, fields) for line in _newest_run(path.read_text("utf-8"))):
                return
            time.sleep(_LOOK_SECONDS)
        raise TimeoutError(f"no event with {fields}")

    def edit(self, path: str, before: str, after: str) -> Callable[[], None]:
        """Change a file of the copy; return what undoes that."""
        file = self.copy.folder / path
        text = file.read_text("utf-8")
        assert before in text, f"{path} does not hold {before}"
        file.write_text(text.replace(before, after, 1), "utf-8")
        return lambda: _write(file, text)


def _write(file: Path, text: str) -> None:
    file.write_text(text, "utf-8")


def take() -> Iterator[tuple[str, str]]:
    """Make every failure happen, one after another; yield its name and the last screen."""
    with tempfile.TemporaryDirectory(prefix="transcripts-") as folder, a_copy(Path(folder) / "project") as copy:
        control.start(copy.home, (PRIMARY, STANDBY), port=0, edge_port=0, dns_port=0)
        scene = Scene(copy, copy.home)
        scene.edit("params/local.yaml", "gate_bad_seconds_max: 20", f"gate_bad_seconds_max: {_BAD_SECONDS}")
        yield "first", _first(scene)
        scene.roll_out(0)
        yield from _gate_and_busy(scene, Path(folder) / "other")
        yield from _undo_and_back(scene)


def _first(scene: Scene) -> str:
    """A first roll-out meets, in the primary Region, an audit bucket that an earlier system of this name has left."""
    s3 = scene.copy.client("s3", PRIMARY)
    s3.create_bucket(Bucket=_AUDIT_BUCKET)
    shown = scene.roll_out(RolloutFailed.exit_code)
    s3.delete_bucket(Bucket=_AUDIT_BUCKET)
    return shown


def _gate_and_busy(scene: Scene, other: Path) -> Iterator[tuple[str, str]]:
    """A bug that a payment meets waits at the standby's gate, while somebody else comes with another change."""
    mend = scene.edit("functions/payment/handler.py", *_BUG)
    shutil.copytree(scene.copy.folder, other, ignore=shutil.ignore_patterns(".deployer", "build"))
    second = Scene(Copy(other), scene.home)
    second.edit("functions/payment/handler.py", _BUG[1], _BUG[0])
    values = yaml.safe_load(second.copy.params.read_text("utf-8"))
    values["tags"]["owner"] = "payments-ledger"
    second.copy.params.write_text(yaml.safe_dump(values), "utf-8")
    busy: list[str] = []

    def somebody_else() -> None:
        scene.until_told(event="step_started", phase="gate")
        busy.append(second.roll_out(RolloutBusy.exit_code))

    gate = scene.roll_out(RolloutUndone.exit_code, somebody_else)
    mend()
    yield from (("gate", gate), ("busy", busy[0]))


def _undo_and_back(scene: Scene) -> Iterator[tuple[str, str]]:
    """The primary refuses a role, and the code that its function would go back to was deleted a moment ago; then what that screen says."""
    iam, s3 = (scene.copy.client(service, PRIMARY) for service in ("iam", "s3"))
    trust = {"Version": "2012-10-17", "Statement": []}
    iam.create_role(RoleName=f"payment-settlement-{PRIMARY}-local", AssumeRolePolicyDocument=json.dumps(trust))
    scene.edit("functions/payment/handler.py", "def handle(event", "# A comment makes it another package.\ndef handle(event")
    configuration = (scene.copy.folder / "templates" / "regional" / "configuration.j2").read_text("utf-8")
    scene.edit("templates/regional/configuration.j2", configuration, configuration.rstrip("\n") + "\n" + _ROLE)
    stacks = scene.copy.client("cloudformation", PRIMARY)
    [stack] = [one for one in stacks.describe_stacks()["Stacks"] if "StackSet-payment-regional-local" in one["StackName"]]
    body = stacks.get_template(StackName=stack["StackId"])["TemplateBody"]
    [key] = [key for key in package_keys(body) if key.startswith("functions/payment/")]
    bucket = next(one["Name"] for one in s3.list_buckets()["Buckets"] if "artifacts" in one["Name"] and one["Name"].endswith(PRIMARY))

    code = s3.get_object(Bucket=bucket, Key=key)["Body"].read()

    def somebody_cleans_up() -> None:
        scene.until_told(event="region_settled", phase="regional", region=STANDBY)
        s3.delete_object(Bucket=bucket, Key=key)

    yield "undo", scene.roll_out(UndoFailed.exit_code, somebody_cleans_up)
    s3.put_object(Bucket=bucket, Key=key, Body=code)
    mended = scene.copy.run_alone("mend", "params/local.yaml", "--yes")
    assert mended.returncode == 0, mended.stdout + mended.stderr
    yield "back", scene.roll_out(RolloutUndone.exit_code)


def _newest_run(text: str) -> list[dict[str, Any]]:
    events = [json.loads(line) for line in text.split("\n")[:-1]]
    began = [index for index, event in enumerate(events) if event["event"] == "rollout_started"]
    ended = bool(events) and events[-1]["event"] == "rollout_ended"
    return [] if ended or not began else events[began[-1] :]


def _has(event: Mapping[str, Any], fields: Mapping[str, str]) -> bool:
    return all(event.get(name) == value for name, value in fields.items())


def fresh(document: str, shown: Mapping[str, str]) -> str:
    """Return the document with each last screen in its place; raises ValueError where one has none."""
    for name, screen in shown.items():
        document = with_part(document, name, f"```\n{screen}\n```")
    return document


def main() -> None:
    """Print the screens as they come, and write them into the document when that is wished."""
    parser = argparse.ArgumentParser(description=f"The last screens of failing roll-outs, at a terminal of {COLUMNS} × {ROWS}.")
    parser.add_argument("--write", action="store_true", help="write them into docs/transcripts.md")
    options = parser.parse_args()
    shown: dict[str, str] = {}
    for name, screen in take():
        shown[name] = screen
        print(f"== {name}\n{screen}\n", flush=True)
    if options.write:
        DOCUMENT.write_text(fresh(DOCUMENT.read_text("utf-8"), shown), "utf-8")


if __name__ == "__main__":
    main()
