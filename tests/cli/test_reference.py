"""The reference of the commands is what the commands say of themselves.

`PESO_WRITE_REFERENCE=1` writes it anew.
"""

from __future__ import annotations

import inspect
import os

from tests.cli.test_app import COMMANDS, ROOT

PAGE = ROOT / "docs" / "reference" / "commands.md"
HEAD = """\
# Commands

Every command has `--json` (one document on standard output), `--quiet` (errors only) and `--debug`
(the stack trace of an error). Exit codes: 0 done, or yes; 1 no or unknown, with a `reason` in
`--json`; 2 wrong use or a bad input file; 3 something outside failed (network, disk, a held lock, a
missing tool); 4 a fault of PESO.

This page is written from the commands' own help, and a test compares the two.
"""


def _section(name: str) -> str:
    command = COMMANDS[name]
    arguments = [one for one in command.params if one.param_type_name == "argument"]
    words = " ".join([name, *(one.metavar or one.name.upper() for one in arguments)])
    said = inspect.cleandoc(command.help)
    told, _, example = said.partition("\n\nExample: ")
    rows = [
        f"| `{', '.join(one.opts)}` | {' '.join((one.help or '').split())} |"
        for one in command.params
        if one.param_type_name == "option" and not {"--json", "--quiet", "--debug"} & set(one.opts)
    ]
    table = ["", "| option | meaning |", "|---|---|", *rows] if rows else []
    return "\n".join([f"## `{words}`", "", told, "", "```", example.strip(), "```", *table, ""])


def test_the_reference_is_what_the_commands_say() -> None:
    text = "\n".join([HEAD, *(_section(name) for name in COMMANDS)])
    if os.environ.get("PESO_WRITE_REFERENCE"):
        PAGE.write_text(text)

    assert PAGE.read_text() == text
