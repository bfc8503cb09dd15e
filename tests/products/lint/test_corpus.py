"""Every planted fault is found at its place, and nothing else; what is good gives nothing.

A fault is marked at the end of its line: `# ! RULE COLUMN SEVERITY`, several after each other. A
column of `-` in place of both means: this rule may speak here too.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.products.lint.conftest import HERE, Lint

from peso.products.lint.record import LintReport
from peso.products.lint.reference import rules

DATA = HERE / "data"
FOLDERS = sorted(one.name for one in DATA.iterdir())
_MARK = re.compile(r"# ! (.*)$")
_ONE = re.compile(r"([a-z-]+[a-z]) (?:(-)|(?:(\d+) )?(error|warning|hint))")


def marked(
    folder: Path,
) -> tuple[set[tuple[str, int, str, str]], dict[tuple[str, int, str], int], set[str]]:
    """Return what is marked: (file, line, rule, severity), the columns, and the rules that may."""
    found, columns, may = set(), {}, set()
    for file in sorted(folder.iterdir()):
        for number, line in enumerate(file.read_text().splitlines(), start=1):
            for rule, free, column, severity in _ONE.findall(
                mark[1] if (mark := _MARK.search(line)) else ""
            ):
                if free:
                    may.add(rule)
                    continue
                found.add((file.name, number, rule, severity))
                if column:
                    columns[file.name, number, rule] = int(column)
    return found, columns, may


def run(name: str, lint: Lint) -> LintReport:
    return lint(DATA / name, host=name.startswith("host_"), MODULEPATH=str(HERE / "modules"))


@pytest.mark.parametrize("name", FOLDERS)
def test_what_is_planted_is_found_and_nothing_else(name: str, lint: Lint) -> None:
    wanted, columns, may = marked(DATA / name)

    report = run(name, lint)

    found = {
        (Path(one.place.file).name, one.place.line, one.rule, str(one.severity))
        for one in report.findings
        if one.rule not in may
    }
    assert found == wanted
    for one in report.findings:
        column = columns.get((Path(one.place.file).name, one.place.line, one.rule))
        assert column is None or column == one.place.column, one
        assert one.message
        assert one.hint


def test_there_are_enough_faults() -> None:
    faults = [name for name in FOLDERS if marked(DATA / name)[0]]

    assert len(faults) >= 60


def test_every_rule_has_a_fault() -> None:
    planted = {rule for name in FOLDERS for _, _, rule, _ in marked(DATA / name)[0]}

    assert {one.id for one in rules()} - planted == {"other-fault"}


def test_good_ones_have_no_fault() -> None:
    good = [name for name in FOLDERS if "good" in name]

    assert len(good) >= 12
    assert not any(marked(DATA / name)[0] for name in good)
