"""Strict Jinja over `templates/`: a name that is not known, a missing file or a syntax error ends with its file and line.

Templates get data and four functions (`name`, `api_body`, `package_key`, `settled`), nothing that reads or changes anything.
Whitespace is exactly as written; the same data gives the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from traceback import extract_tb
from typing import Any, Final

import jinja2

from deployer.rendering.rendered import digest_of
from deployer.vocabulary.errors import DeployerError

# Characters of a digest in a logical id: enough to tell one definition from the next.
_LOGICAL_ID_DIGEST_CHARACTERS: Final = 10


def strict_engine(templates: Path, data: Mapping[str, Any], *, compiled: Path | None = None) -> jinja2.Environment:
    """Return a Jinja environment over a folder, `data` known to every template, part and macro.

    Filters added: `quoted` (a YAML double-quoted string) and `digest` (ten hexadecimal characters that change with the text).
    `compiled` is a folder in which Jinja keeps what it compiled, by each source's digest, for the next time.
    """
    engine = jinja2.Environment(
        loader=jinja2.FileSystemLoader(templates),
        bytecode_cache=_kept_in(compiled) if compiled else None,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701 - YAML for CloudFormation, not HTML
    )
    engine.globals.update(data)
    engine.filters["quoted"] = quoted
    engine.filters["digest"] = _short_digest
    return engine


def _kept_in(folder: Path) -> jinja2.BytecodeCache:
    folder.mkdir(parents=True, exist_ok=True)
    # Compiling puts in what the settings and filters of this file make of constants, so another version of it begins anew.
    version = digest_of(Path(__file__).read_bytes())[:_LOGICAL_ID_DIGEST_CHARACTERS]
    return jinja2.FileSystemBytecodeCache(str(folder), f"{version}-%s.cache")


def render(engine: jinja2.Environment, template: str) -> str:
    """Return one template's text; raises DeployerError naming the file and line of a mistake."""
    try:
        return engine.get_template(template).render()
    except jinja2.TemplateError as error:
        raise DeployerError(
            f"{_place(error, template)}: the template could not be rendered",
            str(error),
            "Correct the template; every name it uses must be given by the parameters or a macro it imports.",
        ) from error


def quoted(value: Any) -> str:
    """Return a value as JSON, which is YAML on one line: strings come out double-quoted, whatever they hold."""
    return json.dumps(value, ensure_ascii=False)


def _short_digest(text: str) -> str:
    return digest_of(text.encode())[:_LOGICAL_ID_DIGEST_CHARACTERS]


def _place(error: jinja2.TemplateError, template: str) -> str:
    """Return `file:line` of the mistake: Jinja rewrites tracebacks so that their frames stand in the template files."""
    if isinstance(error, jinja2.TemplateSyntaxError):
        return f"{error.name or template}:{error.lineno}"
    frames = [frame for frame in extract_tb(error.__traceback__) if frame.filename.endswith(".j2")]
    return f"{frames[-1].filename}:{frames[-1].lineno}" if frames else template
