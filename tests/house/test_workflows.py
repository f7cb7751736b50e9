"""The workflows run commands that exist, hold no key, and give each job no more than it needs."""

from __future__ import annotations

import re
from configparser import ConfigParser

import pytest

from tests.support.source_tree import ROOT, told
from tests.support.workflows import deployer_commands, fault_of, unpinned, workflows


def test_there_are_workflows() -> None:
    """Everything below holds of no workflow too."""
    assert [one.name for one in workflows()] == ["check.yml", "roll-out.yml"]
    assert sum(1 for one in workflows() for script in one.scripts() for _ in deployer_commands(script)) >= 8


def test_every_command_of_the_deployer_exists_with_its_options() -> None:
    """A renamed option is found here, not in the middle of a roll-out."""
    faults = [
        f"{one.name}: deployer {' '.join(words)}: {fault}"
        for one in workflows()
        for script in one.scripts()
        for words in deployer_commands(script)
        if (fault := fault_of(words))
    ]

    assert not faults, told(faults, "Write the command as `deployer COMMAND --help` has it.")


def test_every_action_is_pinned_to_a_commit() -> None:
    """A tag can be moved to other code; a commit cannot."""
    faults = [f"{one.name}: {line}" for one in workflows() for line in unpinned(one.text)]

    assert not faults, told(faults, "Name the full commit, and the version in a comment: `uses: owner/name@<40 digits> # v1.2.3`.")


def test_every_gate_named_is_one_of_toxs() -> None:
    """A gate that tox does not know would fail for everybody."""
    tox = ConfigParser(interpolation=None)
    tox.read(ROOT / "tox.ini", "utf-8")
    gates = {gate for one in workflows() for job in one.jobs.values() for gate in job.get("strategy", {}).get("matrix", {}).get("gate", ())}

    assert "lint" in gates
    assert gates <= {one.strip() for one in tox["tox"]["env_list"].split(",")}


def test_every_environment_offered_has_a_parameter_file() -> None:
    """`params/$ENVIRONMENT.yaml` is what a choice stands for."""
    [roll_out] = [one for one in workflows() if one.name == "roll-out.yml"]
    offered = roll_out.data[True]["workflow_dispatch"]["inputs"]["environment"]["options"]

    assert [one for one in offered if not (ROOT / "params" / f"{one}.yaml").is_file()] == []
    assert offered


def test_nothing_is_allowed_but_what_a_job_names() -> None:
    """No rights by default, a bound on every job."""
    for one in workflows():
        assert one.data["permissions"] == {}, one.name
        for name, job in one.jobs.items():
            assert isinstance(job["permissions"], dict), f"{one.name}: {name}"
            assert job["timeout-minutes"] <= 120, f"{one.name}: {name}"


def test_credentials_of_aws_come_only_through_a_named_environment() -> None:
    """The role's trust policy asks for that environment; there is no key to steal."""
    for one in workflows():
        assert "secrets." not in one.text, one.name
        assert "aws-access-key" not in one.text, one.name
        for name, job in one.jobs.items():
            assumes = any("configure-aws-credentials" in step.get("uses", "") for step in job["steps"])
            assert assumes == ("id-token" in job["permissions"]) == ("environment" in job), f"{one.name}: {name}"


def test_forks_and_strangers_start_nothing_with_credentials() -> None:
    """`pull_request_target` and its like run a stranger's code with the repository's rights."""
    for one in workflows():
        assert one.triggers <= {"pull_request", "workflow_dispatch"}, one.name
        if "pull_request" in one.triggers:
            for name, job in one.jobs.items():
                if "id-token" in job["permissions"]:
                    assert "head.repo.full_name == github.repository" in job["if"], f"{one.name}: {name}"


def test_job_that_may_write_to_a_pull_request_runs_no_code_of_it() -> None:
    """Rights to write and code that was not reviewed never meet."""
    for one in workflows():
        for name, job in one.jobs.items():
            if "write" in {right for key, right in job["permissions"].items() if key != "id-token"}:
                assert not any("checkout" in step.get("uses", "") for step in job["steps"]), f"{one.name}: {name}"


def test_two_roll_outs_of_one_system_never_overlap() -> None:
    """Neither side by side, nor the second in place of the first."""
    [roll_out] = [one for one in workflows() if one.name == "roll-out.yml"]

    assert roll_out.data["concurrency"] == {"group": "roll-out-${{ inputs.environment }}", "cancel-in-progress": False}


def test_no_script_is_written_by_whoever_started_it() -> None:
    """An expression inside a script is pasted before the shell reads it; what varies comes in as a variable."""
    assert [script for one in workflows() for script in one.scripts() if re.search(r"\$\{\{", script)] == []


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        pytest.param("deployer plann params/x.yaml", "No such command 'plann'", id="command"),
        pytest.param("deployer plan params/x.yaml --format html", "'html' is not one of", id="choice"),
        pytest.param("x=1; deployer roll-out params/x.yaml --plann p.json > out", "No such option", id="option"),
        pytest.param("deployer check || exit 1", "Missing argument 'PARAMS'", id="argument"),
        pytest.param("deployer", "names no command", id="nothing"),
    ],
)
def test_wrong_command_is_found(line: str, fault: str) -> None:
    """The rule can fail."""
    [words] = deployer_commands(line)

    assert fault in str(fault_of(words))


def test_action_by_its_tag_is_found() -> None:
    """The rule can fail: a tag, a short commit, a commit that does not say which version it is."""
    commit = "0" * 40

    assert len(unpinned("- uses: a/b@v4\n- uses: a/b@0123abc # v1.0.0\n- uses: a/b@" + commit)) == 3
    assert unpinned(f"- uses: a/b@{commit} # v1.0.0") == []
