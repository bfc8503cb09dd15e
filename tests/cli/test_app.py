"""The surface: the commands are those of the house's plan, and each answers as every other does."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer.main

import peso
from peso.cli.app import tree

ROOT = Path(__file__).parents[2]
HEAVY = ("pydantic", "msgspec", "tuf", "cyclonedx", "rich.progress", "spdx_tools", "httpx", "uv")


def _commands(group: Any, before: str = "peso") -> Iterator[tuple[str, Any]]:  # noqa: ANN401
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from _commands(command, f"{before} {name}")
        else:
            yield f"{before} {name}", command


COMMANDS = dict(_commands(typer.main.get_command(tree())))


def _peso(*arguments: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    program = "from peso.cli.main import main; main()"
    return subprocess.run(
        [sys.executable, "-c", program, *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=cwd,
    )


def _imported(*arguments: str) -> set[str]:
    """Return what a command line imports, top-level packages and named modules."""
    program = (
        "import sys; sys.argv = ['peso', *sys.argv[1:]]\n"
        "from peso.cli.main import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "sys.stderr.write('\\n'.join(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments], capture_output=True, text=True, check=True
    )
    return set(done.stderr.splitlines())


def test_the_commands_are_those_of_the_plan() -> None:
    plan = (ROOT / "docs" / "architecture.md").read_text()
    surface = plan.split("## 7. The surface")[1].split("```")[1]
    planned = set()
    for line in surface.strip().splitlines():
        words = line.split()
        named = [word for word in words[1:3] if re.fullmatch(r"[a-z]+", word)]
        groups = {command.split()[1] for command in COMMANDS if len(command.split()) == 3}
        planned.add(" ".join(["peso", *(named if named[0] in groups else named[:1])]))

    assert planned == set(COMMANDS)


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_has_help_with_an_example_and_the_common_options(name: str) -> None:
    command = COMMANDS[name]
    options = {option for parameter in command.params for option in parameter.opts}

    assert f"Example: {name}" in command.help
    assert {"--json", "--quiet", "--debug"} <= options


def test_every_command_is_in_the_reference() -> None:
    reference = (ROOT / "docs" / "reference" / "commands.md").read_text()

    assert [name for name in COMMANDS if f"## `{name}" not in reference] == []


@pytest.mark.parametrize("arguments", [["--version"], ["--help"]])
def test_a_quick_answer_imports_nothing_heavy(arguments: list[str]) -> None:
    imported = _imported(*arguments)

    assert [name for name in HEAVY if name in imported] == []


@pytest.mark.parametrize(
    ("named", "built"),
    [("show", {"show"}), ("shwo", {"index", "search", "show", "stats"})],
)
def test_of_a_group_the_named_command_alone_is_built(named: str, built: set[str]) -> None:
    group: Any = typer.main.get_command(tree("catalog", named))

    assert set(group.commands["catalog"].commands) == built


def test_the_version() -> None:
    assert _peso("--version").stdout == f"peso {peso.__version__}\n"


def test_every_public_name_can_be_had() -> None:
    assert [name for name in peso.__all__ if getattr(peso, name, None) is None] == []
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = peso.nothing


def test_a_wrong_option_is_wrong_use() -> None:
    done = _peso("deliver", "stack.yaml", "--nonsense")

    assert done.returncode == 2
    assert "--nonsense" in done.stderr


def test_a_missing_stack_file_says_where_and_what_next(tmp_path: Path) -> None:
    done = _peso("deliver", "nowhere/stack.yaml", cwd=tmp_path)

    assert done.returncode == 2
    assert "nowhere/stack.yaml" in done.stderr
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_json_prints_one_document_also_for_errors(tmp_path: Path) -> None:
    done = _peso("verify", "nowhere", "--json", cwd=tmp_path)
    said = json.loads(done.stdout)

    assert done.returncode == said["error"]["exit_code"] == 2
    assert said["error"]["where"]


def test_a_schema_is_json() -> None:
    done = _peso("schema", "stack")

    assert json.loads(done.stdout)["type"] == "object"
    assert _peso("schema", "nonsense").returncode == 2


def test_a_new_workspace_passes_its_own_check(tmp_path: Path) -> None:
    made = _peso("init", "house", cwd=tmp_path)
    again = _peso("init", "house", "--json", cwd=tmp_path)
    checked = _peso("check", "house", cwd=tmp_path)

    assert made.returncode == again.returncode == checked.returncode == 0, checked.stdout
    assert json.loads(again.stdout)["made"] == []
    assert (tmp_path / "house" / "peso.yaml").is_file()


def test_a_check_tells_every_fault_of_every_file(tmp_path: Path) -> None:
    _peso("init", "house", cwd=tmp_path)
    stack = tmp_path / "house" / "stacks" / "bad" / "stack.yaml"
    stack.parent.mkdir(parents=True)
    stack.write_text("schema: peso.stack/1\nname: bad\nversion: 1.0\nnonsense: true\n")
    (tmp_path / "house" / "peso.yaml").write_text("schema: peso.workspace/1\nchanels: [a]\n")

    done = _peso("check", "house", cwd=tmp_path)

    assert done.returncode == 1
    assert "peso.yaml:2:1" in done.stdout
    assert "stack.yaml:3:10" in done.stdout
    assert "stack.yaml:4:1" in done.stdout
