"""Where the embedded AWS spares MiniStack's reading: the same answers, in less of the one processor that gives all of them.

A body of 200 KB takes the pure Python parser most of a second, and is read a dozen times in a roll-out; a service that MiniStack does
not know by name makes it load every model botocore has. Both held up whoever else was being answered.
"""

from __future__ import annotations

import copy
import functools
from collections.abc import Callable
from typing import Any, Final

import botocore.session
import yaml

SEAMS: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    ("ministack.core.router", ("_KNOWN_AWS_SERVICE_NAMES",)),
    ("ministack.services.cloudformation.changesets", ("_parse_template",)),
    ("ministack.services.cloudformation.engine", ("_parse_template", "CfnLoader")),
    ("ministack.services.cloudformation.handlers", ("_parse_template",)),
)
_TEMPLATES_KEPT: Final = 8


def read_templates_once() -> None:
    """Read each template body with libyaml where it is there, and once, however often it is asked for; callers get copies."""
    from ministack.services.cloudformation import changesets, engine, handlers

    # MiniStack's parser takes the class from its module whenever it parses.
    engine.CfnLoader = with_libyaml(engine.CfnLoader)
    parse = once(engine._parse_template)
    for module in (changesets, engine, handlers):
        module._parse_template = parse


def know_services_by_their_names() -> None:
    """Let a service of AWS that MiniStack has not got be known by botocore's list of services and endpoint prefixes.

    MiniStack would read the model of every service for it. Routes of services that it has do not ask.
    """
    from ministack.core import router

    session = botocore.session.get_session()
    partitions = session.get_data("endpoints")["partitions"]
    prefixes = (prefix for partition in partitions for prefix in partition["services"])
    router._KNOWN_AWS_SERVICE_NAMES = frozenset((*session.get_available_services(), *prefixes))


def with_libyaml(loader: Any) -> Any:
    """Return a loader that reads as `loader` does, its short forms of functions included, with libyaml where that is there."""
    if not yaml.__with_libyaml__:
        return loader
    constructors = {"yaml_constructors": loader.yaml_constructors, "yaml_multi_constructors": loader.yaml_multi_constructors}
    return type(loader.__name__, (yaml.CSafeLoader,), constructors)


def once(parse: Callable[[str], dict[str, Any]]) -> Callable[[str], dict[str, Any]]:
    """Return a function that parses as `parse` does, remembers the last few texts, and gives every caller a copy to change."""
    parsed = functools.lru_cache(maxsize=_TEMPLATES_KEPT)(parse)

    def copied(text: str) -> dict[str, Any]:
        return copy.deepcopy(parsed(text))

    return copied
