"""Writes the document of the rule pack anew: `python -m tests.support.rule_docs`.

`tests/unit/rules/test_docs.py` fails while docs/rules.md is not what would be written here.
"""

from __future__ import annotations

from typing import Any, Final

from tests.support.rule_pack import pack
from tests.support.source_tree import ROOT

DOCUMENT: Final = ROOT / "docs" / "rules.md"
HEAD: Final = """\
# Rules for a system in two Regions

Faults that cfn-lint and every public rule pack pass, and that a second Region does not. The pack is written in cfn-lint's own rule
interface and works alone, wherever the folder lies:

```console
$ cfn-lint --append-rules deployer/rules --include-checks I --regions us-east-1 us-east-2 -- template.yaml
```

`deployer check` and `deployer roll-out` append it by themselves. A rule judges one template and nothing else: where the answer lies
in another template, or in a value that only the deployment knows, it is silent, and its description says so. Values of parameters are
taken from `--parameters`, else from their defaults. A rule is excepted like any other of cfn-lint's, beside the resource:

```yaml
Metadata: {cfn-lint: {config: {ignore_checks: [W9735]}}}
```

*E* fails a deployment or a failover, *W* will be regretted. F-numbers are the facts that the design rests on.

"""


def document() -> str:
    """Return the whole document."""
    return HEAD + _table() + "\n## Why, and what is not judged\n\n" + "\n".join(_paragraph(rule) for rule in _rules())


def _table() -> str:
    rows = [f"| {rule.id} | {rule.shortdesc} | {', '.join(rule.facts)}: [{_page(rule)}]({rule.source_url}) |" for rule in _rules()]
    return "\n".join(["| rule | what holds | source |", "|---|---|---|", *rows]) + "\n"


def _paragraph(rule: Any) -> str:
    options = ", ".join(f"`{name}` ({option['default']!r} unless given)" for name, option in rule.config_definition.items())
    return f"**{rule.id}** {rule.description}" + (f" Options: {options}." if options else "") + "\n"


def _page(rule: Any) -> str:
    return str(rule.source_url).rpartition("/")[2].removesuffix(".html")


def _rules() -> list[Any]:
    return sorted(pack().values(), key=lambda rule: rule.id[1:])


if __name__ == "__main__":
    DOCUMENT.write_text(document(), "utf-8")
