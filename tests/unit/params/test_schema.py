"""The JSON schema and the parameter table come from the model."""

from __future__ import annotations

import json

from deployer.params.model import Environment
from deployer.params.schema import parameter_table, parameter_table_text, schema_text


def test_schema_is_sorted_and_ends_with_a_newline() -> None:
    """A changed model makes a diff of exactly what changed."""
    text = schema_text()

    assert text == json.dumps(json.loads(text), indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def test_schema_refuses_unknown_names_in_every_group() -> None:
    """Editors underline the slip before the deployer tells it."""
    schema = json.loads(schema_text())

    groups = [schema, *schema["$defs"].values()]
    assert all(group["additionalProperties"] is False for group in groups)


def test_every_field_of_the_model_is_a_row_with_an_example() -> None:
    """The README's table leaves nothing out."""
    rows = {row.name: row for row in parameter_table()}

    assert rows["suffix"].default == "required"
    assert rows["regions[].vpc_cidr"].type == "text"
    assert rows["functions.payment.memory_megabytes"].default == "`256`"
    assert rows["account_id"].default == "none"
    assert rows["table.consistency"].type == "`strong` or `eventual`"
    assert all("Example: " in row.description for row in rows.values())
    assert {name.split(".")[0].removesuffix("[]") for name in rows} == set(Environment.model_fields)


def test_table_text_is_a_table_of_that_many_rows() -> None:
    """Nothing in a description breaks the Markdown."""
    lines = parameter_table_text().splitlines()

    assert len(lines) == len(parameter_table()) + 2
    assert {line.replace("\\|", "").count("|") for line in lines} == {5}
