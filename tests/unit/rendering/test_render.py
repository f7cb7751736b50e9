"""The whole of rendering: same in, same out."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from deployer.rendering.render import render_system, write_templates
from deployer.vocabulary.errors import DeployerError
from tests.support.rendering import a_project, an_environment


def test_same_input_gives_the_same_bytes(tmp_path: Path):
    """In another build folder, at another time: nothing differs, so a plan made from it finds nothing to do."""
    source = a_project(tmp_path / "project")

    one = render_system(an_environment(), source=source, build=tmp_path / "one")
    two = render_system(an_environment(), source=source, build=tmp_path / "two")

    assert (one.bootstrap, one.regional, one.global_) == (two.bootstrap, two.regional, two.global_)
    assert [package.digest for package in one.packages] == [package.digest for package in two.packages]
    assert [path.read_bytes() for path in write_templates(one, tmp_path / "a")] == [
        path.read_bytes() for path in write_templates(two, tmp_path / "b")
    ]


def test_templates_are_written_under_their_kind(tmp_path: Path):
    """`render` leaves three files a person can read and hand to other tools."""
    system = render_system(an_environment(), source=a_project(tmp_path / "project"), build=tmp_path / "build")

    written = write_templates(system, tmp_path / "build" / "test")

    assert [path.name for path in written] == ["bootstrap.yaml", "regional.yaml", "global.yaml"]
    assert written[1].read_text() == system.regional.body


def test_changed_handler_changes_its_package_and_its_version(tmp_path: Path):
    """After editing one function's code exactly that changes, and in no other stack."""
    source = a_project(tmp_path / "project")
    before = render_system(an_environment(), source=source, build=tmp_path / "build")
    (source / "functions" / "health" / "handler.py").write_text("def handle(event, context):\n    return {}\n")

    after = render_system(an_environment(), source=source, build=tmp_path / "build")
    pairs = zip(before.regional.body.splitlines(), after.regional.body.splitlines(), strict=True)

    changed = [new.strip() for old, new in pairs if old != new]
    assert len(changed) == 3
    assert "functions/health/" in changed[0]
    assert changed[1].startswith("HealthFunctionVersion")
    assert changed[2] == f"FunctionVersion: !GetAtt {changed[1]}"[:-1] + ".Version"
    assert (after.bootstrap, after.global_) == (before.bootstrap, before.global_)


EVERY_FUNCTION = ["Audit", "Authorizer", "FailoverLatch", "Health", "Hold", "Payment", "Reconciliation", "Rotation", "StreamLookup"]


@pytest.mark.parametrize(
    ("functions", "published"),
    [
        pytest.param({"log_level": "DEBUG"}, EVERY_FUNCTION, id="log level"),
        pytest.param({"health": {"memory_megabytes": 256}}, ["Health"], id="memory"),
        pytest.param({"payment": {"timeout_seconds": 5}}, ["Payment"], id="timeout"),
        pytest.param({"payment": {"reserved_concurrency_count": 5}}, [], id="reserved concurrency"),
        pytest.param({"payment": {"provisioned_concurrency_count": 5}}, [], id="provisioned concurrency"),
    ],
)
def test_changed_setting_publishes_the_functions_it_is_of(tmp_path: Path, functions: dict[str, Any], published: list[str]):
    """A parameter changes a function without changing the template's text: without a version it would never serve."""
    source = a_project(tmp_path / "project")

    def versions(**changes: Any) -> set[str]:
        body = render_system(an_environment(**changes), source=source, build=tmp_path / "build").regional.body
        return set(re.findall(r"^  (\w+FunctionVersion\w+):$", body, re.MULTILINE))

    changed = versions(functions=functions) - versions()

    assert sorted(name.partition("Function")[0] for name in changed) == published


def test_changed_tags_publish_nothing(tmp_path: Path):
    """Tags are the function's, not the version's."""
    source = a_project(tmp_path / "project")
    one, other = (
        render_system(an_environment(tags={"owner": owner, "cost_centre": "c"}), source=source, build=tmp_path / "build").regional.body
        for owner in ("payments", "platform")
    )

    assert one == other


def test_function_that_no_template_deploys_is_not_uploaded(tmp_path: Path):
    """Its code may stand in the tree before its resources do; the system's packages are those that a body refers to."""
    source = a_project(tmp_path / "project")
    unused = source / "functions" / "unused"
    unused.mkdir()
    (unused / "handler.py").write_text("def handle(event, context): ...\n", "utf-8")

    system = render_system(an_environment(), source=source, build=tmp_path / "build")

    assert "payment" in {package.name for package in system.packages}
    assert "unused" not in {package.name for package in system.packages}


def test_folder_that_is_no_project_is_refused(tmp_path: Path):
    """Run in the wrong folder, the command says so and writes nothing."""
    with pytest.raises(DeployerError, match="not the root of the project"):
        render_system(an_environment(), source=tmp_path, build=tmp_path / "build")

    assert not (tmp_path / "build").exists()


def test_missing_function_is_named(tmp_path: Path):
    """A template that uses a function nobody wrote."""
    source = a_project(tmp_path / "project")
    (source / "functions" / "health" / "handler.py").unlink()

    with pytest.raises(DeployerError, match="package health"):
        render_system(an_environment(), source=source, build=tmp_path / "build")
