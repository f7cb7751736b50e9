"""A YAML file read into plain values, with the line of everything in it.

Promises: nothing but mappings with text keys, tuples and scalars come out; duplicate keys are mistakes (YAML libraries let the
last one win in silence); anchors, aliases and merge keys work. What the values mean is left to `load.py`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import yaml

from deployer.params.nearest import nearest_name
from deployer.vocabulary.errors import InputRefused, Mistake

Location = tuple[str | int, ...]

# A parameter file has some sixty places; aliases that multiply beyond this are an attack or an accident.
_PLACES_MAX: Final = 10_000
_BYTES_MAX: Final = 1_000_000


@dataclass(slots=True, kw_only=True)
class Source:
    """What a file says. `lines` maps a location (keys and indices from the top) to its 1-based line; `written` has each
    scalar's own text, before YAML gave it a type; `mistakes` are those found while reading."""

    path: Path
    value: Any = None
    lines: dict[Location, int] = field(default_factory=dict)
    written: dict[Location, str] = field(default_factory=dict)
    mistakes: list[Mistake] = field(default_factory=list)

    def rename(self, old: Location, new: Location) -> None:
        """Let everything known of `old` be found under `new` as well: a misspelt name read as the name it resembles."""
        self.lines.update({(*new, *at[len(old) :]): line for at, line in self.lines.items() if at[: len(old)] == old})
        self.written.update({(*new, *at[len(old) :]): text for at, text in self.written.items() if at[: len(old)] == old})

    def place(self, location: Location) -> str:
        """Return `file:line` of this location, or of the nearest thing around it that the file does contain."""
        while location and location not in self.lines:
            location = location[:-1]
        return f"{self.path}:{self.lines.get(location, 1)}"


def read_source(path: Path) -> Source:
    """Return the file's content; raises InputRefused when it is missing, a folder, not UTF-8, no YAML or no mapping."""
    text = _read_text(path)
    source = Source(path=path)
    try:
        loader = yaml.SafeLoader(text)
        node = loader.get_single_node()
        if not isinstance(node, yaml.MappingNode):
            found = "is empty" if node is None else "does not hold fields"
            raise _refused(path, 1 if node is None else _line(node), f"the file {found}; it has to be a mapping such as `target: local`")
        source.value = _Reader(source, loader).read(node, ())
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise _refused(path, line, f"this is no YAML: the character {chr(error.character)!r} may not stand in it") from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise _refused(path, mark.line + 1 if mark else 1, f"this is no YAML: {error.problem or error.context}") from error
    except RecursionError as error:
        raise _refused(path, 1, "this file is nested too deeply for a parameter file") from error
    return source


class _Reader:
    """One walk over the nodes of one file."""

    def __init__(self, source: Source, loader: yaml.SafeLoader) -> None:
        self._source = source
        self._loader = loader
        self._open: set[int] = set()
        self._flattened: set[int] = set()

    def read(self, node: yaml.Node, at: Location) -> Any:
        if id(node) in self._open:
            raise _refused(self._source.path, _line(node), "this anchor contains itself")
        if len(self._source.lines) > _PLACES_MAX:
            raise _refused(self._source.path, _line(node), f"aliases make more than {_PLACES_MAX} values of this file")
        self._source.lines.setdefault(at, _line(node))
        self._open.add(id(node))
        try:
            return self._read_open(node, at)
        finally:
            self._open.discard(id(node))

    def _read_open(self, node: yaml.Node, at: Location) -> Any:
        match node:
            case yaml.MappingNode():
                return self._read_mapping(node, at)
            case yaml.SequenceNode():
                return tuple(self.read(item, (*at, index)) for index, item in enumerate(node.value))
            case _:
                self._source.written[at] = node.value
                return self._scalar(node, at)

    def _read_mapping(self, node: yaml.MappingNode, at: Location) -> dict[str, Any]:
        if id(node) not in self._flattened:  # an alias meets its node again, and by then merged keys stand in it
            self._flattened.add(id(node))
            self._find_duplicates(node, at)
            self._loader.flatten_mapping(node)
        values: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                self._add(_line(key_node), "a field's name has to be text")
                continue
            location = (*at, key_node.value)
            self._source.lines[location] = _line(key_node)
            values[key_node.value] = self.read(value_node, location)
        return values

    def _find_duplicates(self, node: yaml.MappingNode, at: Location) -> None:
        seen: dict[str, int] = {}
        for key_node, _ in node.value:
            name, line = str(key_node.value), _line(key_node)
            if name in seen and key_node.tag != "tag:yaml.org,2002:merge":
                self._add(line, f"{_dotted((*at, name))} is given twice; the first is on line {seen[name]}")
            seen.setdefault(name, line)

    def _scalar(self, node: yaml.Node, at: Location) -> Any:
        try:
            return self._loader.construct_object(node)
        except (yaml.YAMLError, ValueError):  # `!Ref x`, 2026-13-45
            self._add(_line(node), f"{_dotted(at)} holds {node.tag} {node.value!r}, which is no plain value; put text in quotes")
            return node.value

    def _add(self, line: int, sentence: str) -> None:
        self._source.mistakes.append(Mistake(place=f"{self._source.path}:{line}", sentence=sentence))


def _read_text(path: Path) -> str:
    try:
        raw = path.read_bytes()
    except IsADirectoryError as error:
        raise InputRefused(f"{path} is a folder, not a parameter file", (), _choices(path)) from error
    except FileNotFoundError as error:
        siblings = _parameter_files(path.parent)
        mistake = Mistake(place=str(path), sentence="there is no such file", nearest=nearest_name(path.name, siblings))
        raise InputRefused(f"{path} does not exist", (mistake,), _choices(path.parent)) from error
    except OSError as error:
        raise InputRefused(f"{path} cannot be read: {error.strerror}") from error
    if len(raw) > _BYTES_MAX:
        raise InputRefused(f"{path} is too large for a parameter file: {len(raw)} bytes")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _refused(path, raw[: error.start].count(b"\n") + 1, "this line is not UTF-8; save the file as UTF-8") from error


def _parameter_files(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.glob("*.y*ml")) if folder.is_dir() else []


def _choices(folder: Path) -> str:
    files = _parameter_files(folder)
    return f"Parameter files in {folder}: {', '.join(files)}." if files else "Give a parameter file such as params/local.yaml."


def _refused(path: Path, line: int, sentence: str) -> InputRefused:
    return InputRefused(f"{path} cannot be used", (Mistake(place=f"{path}:{line}", sentence=sentence),))


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1


def _dotted(location: Location) -> str:
    return ".".join(str(part) for part in location)
