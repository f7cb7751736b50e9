"""What the documents say of parameters and commands is what the code says."""

from __future__ import annotations

import re

from deployer.params.schema import schema_text
from tests.support.fresh_docs import README, SCHEMA, TABLES, marks, missing_marks, with_tables
from tests.support.source_tree import ROOT, told

REFRESH = "Run `python -m tests.support.fresh_docs` and commit what it writes."


def test_schema_of_parameter_files_is_fresh() -> None:
    """Editors check what the deployer checks."""
    assert SCHEMA.read_text("utf-8") == schema_text(), told(["params/schema.json is not what the model says"], REFRESH)


def test_parameter_files_name_their_schema() -> None:
    """An editor that opens one underlines mistakes at once."""
    faults = [
        f"{path.relative_to(ROOT)}: its first line names no schema"
        for path in sorted((ROOT / "params").glob("*.yaml"))
        if not path.read_text("utf-8").startswith("# yaml-language-server: $schema=schema.json\n")
    ]

    assert not faults, told(faults, "Begin the file with `# yaml-language-server: $schema=schema.json`.")


def test_readme_has_a_place_for_each_table() -> None:
    """Between two comments, once."""
    faults = [f"README.md: no table between {' and '.join(marks(name))}" for name in missing_marks(README.read_text("utf-8"))]

    assert not faults, told(faults, f"Put the two comments where the table belongs. {REFRESH}")


def test_readmes_tables_are_fresh() -> None:
    """A reader types what works."""
    written = README.read_text("utf-8")

    assert written == with_tables(written), told(["README.md: a table is not what the code says"], REFRESH)


def test_documents_link_to_what_exists() -> None:
    """A relative link in a document of the project's root leads somewhere."""
    faults = [
        f"{path.name}: {target} does not exist"
        for path in sorted(ROOT.glob("*.md"))
        for target in re.findall(r"\]\((?!https?://|#|mailto:)([^)#]+)", path.read_text("utf-8"))
        if not (ROOT / target).exists()
    ]

    assert not faults, told(faults, "Correct the link.")


def test_stale_table_is_found() -> None:
    """The rule can fail: a table that says something else is written anew, the text around it stays."""
    document = "".join(f"before\n{one}\n\nold\n\n{other}\nafter\n" for one, other in map(marks, TABLES))

    fresh = with_tables(document)

    assert missing_marks(document) == []
    assert fresh != document
    assert with_tables(fresh) == fresh
    assert "| `suffix` |" in fresh
    assert "deployer plan" in fresh
    assert fresh.count("before\n") == fresh.count("after\n") == len(TABLES)


def test_missing_place_is_found() -> None:
    """The rule can fail: no marks, half of them, or twice."""
    one, other = marks("commands")
    parameters = "".join(marks("parameters"))

    assert missing_marks("no marks") == ["parameters", "commands"]
    assert missing_marks(f"{parameters}{one}") == ["commands"]
    assert missing_marks(f"{parameters}{one}{other}{one}{other}") == ["commands"]
