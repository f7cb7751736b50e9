"""`deployer local …`: the embedded AWS by hand."""

from __future__ import annotations

import shlex

import pytest

from tests.support.command_line import INERT, CommandLine, FakeRooms, an_embedded, records


def test_status_tells_a_program_how_to_reach_it(deployer: CommandLine) -> None:
    """The promised keys, and no secret."""
    result = deployer.run("local", "status", "--json", rooms=FakeRooms(embedded=an_embedded()))

    (status,) = records(result)
    assert status["endpoint"] == "http://127.0.0.1:4566"
    assert status["dns"] == "127.0.0.1:5300"
    assert status["ca_bundle"] == "/home/.deployer/local/ca.pem"
    assert status["edges"] == {"us-east-1": "127.0.1.1:8443", "us-east-2": "127.0.2.1:8443"}
    assert status["inert"] == [INERT]
    assert "not shown" not in result.output


def test_status_tells_a_person_what_is_inert(deployer: CommandLine) -> None:
    """A resource without behaviour is named, not hidden."""
    result = deployer.run("local", "status", rooms=FakeRooms(embedded=an_embedded()))

    assert "AWS::WAFv2::WebACL  WebAcl      us-east-1" in result.stdout
    assert result.stdout.endswith('Talk to it: eval "$(deployer local env)"; curl https://api.pay.example.test/health\n')


def test_status_of_nothing_says_how_to_start(deployer: CommandLine) -> None:
    """Asking is no error."""
    result = deployer.run("local", "status")

    assert result.exit_code == 0
    assert "deployer local start" in result.stdout


def test_env_is_what_a_shell_can_evaluate(deployer: CommandLine) -> None:
    """Nothing but export lines on standard output, values quoted."""
    result = deployer.run("local", "env", rooms=FakeRooms(embedded=an_embedded()))

    assert [shlex.split(line) for line in result.stdout.splitlines()] == [
        ["export", "AWS_ENDPOINT_URL=http://127.0.0.1:4566"],
        ["export", "CURL_HOME=/a folder/home"],
    ]


@pytest.mark.parametrize("words", [("env",), ("api-key", "PARAMS")])
def test_without_an_embedded_aws_there_is_nothing_to_print(deployer: CommandLine, words: tuple[str, ...]) -> None:
    """`eval "$(…)"` must not evaluate an error."""
    result = deployer.run("local", *(deployer.params if word == "PARAMS" else word for word in words))

    assert result.exit_code == 2
    assert result.stdout == ""


def test_the_api_key_stands_alone_on_standard_output(deployer: CommandLine) -> None:
    """`key=$(deployer local api-key PARAMS)` holds the key."""
    result = deployer.run("local", "api-key", deployer.params, rooms=FakeRooms(embedded=an_embedded()))

    assert result.stdout == "key-1\n"


def test_no_key_of_a_real_account_is_printed(deployer: CommandLine) -> None:
    """The command is for the embedded AWS alone."""
    deployer.params.write_text(deployer.params.read_text().replace("target: local", "target: aws"))

    result = deployer.run("local", "api-key", deployer.params, rooms=FakeRooms(embedded=an_embedded()))

    assert result.exit_code == 2
    assert "key-1" not in result.output


def test_logs_are_printed_as_they_are(deployer: CommandLine) -> None:
    """Line by line."""
    assert deployer.run("local", "logs").stdout == "first line\nsecond line\n"


def test_start_and_stop_say_what_they_did(deployer: CommandLine) -> None:
    """Stopping what does not run is no error."""
    rooms = FakeRooms()

    started = deployer.run("local", "start", rooms=rooms)
    stopped = deployer.run("local", "stop", rooms=rooms)
    again = deployer.run("local", "stop", rooms=rooms)

    assert "http://127.0.0.1:4566" in started.stdout
    assert "has stopped" in stopped.stderr
    assert "No embedded AWS runs" in again.stderr
    assert (started.exit_code, stopped.exit_code, again.exit_code) == (0, 0, 0)
