"""The README's table of commands, made from the commands themselves."""

from __future__ import annotations

from collections.abc import Iterator

import click


def command_table() -> str:
    """Return a Markdown table of every command with its options and first sentence, ending in a newline."""
    from deployer.cli.root import main

    rows = (f"| `{path}` | {command.get_short_help_str(limit=200)} |" for path, command in commands(main, "deployer"))
    return "\n".join(("| command | does |", "|---|---|", *rows)) + "\n"


def commands(group: click.Group, path: str) -> Iterator[tuple[str, click.Command]]:
    """Yield (words to type, command) of every command below a group, in the order of `--help`."""
    for command in group.commands.values():
        if isinstance(command, click.Group):
            yield from commands(command, f"{path} {command.name}")
        else:
            yield f"{path} {command.name} {_parameters(command)}".rstrip(), command


def _parameters(command: click.Command) -> str:
    words = []
    for parameter in command.params:
        if isinstance(parameter, click.Argument):
            words.append(parameter.human_readable_name if parameter.metavar is None else parameter.metavar)
        elif isinstance(parameter, click.Option) and parameter.name not in {"json", "debug"}:
            words.append(_option(parameter))
    # What every command takes is said once, below the table.
    return " ".join(words)


def _option(option: click.Option) -> str:
    word = option.opts[0]
    if not option.is_flag:
        choices = option.type.choices if isinstance(option.type, click.Choice) else ()
        word += " " + ("\\|".join(map(str, choices)) if choices else option.metavar or (option.name or "").upper())
    return f"[{word}]" + ("…" if option.multiple else "")
