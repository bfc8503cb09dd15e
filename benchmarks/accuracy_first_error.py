"""How right the first error is: over the recorded logs of failures, and over logs of good builds.

    python benchmarks/accuracy_first_error.py [--stores STORE...] [--report FILE]

A store is an install tree of Spack; each unit's `spack-build-out.txt.gz` is the log of a build that
went well, and must have no first error. `--report` writes the tables into the page, between its
marks. Exit status 1: something was wrong.
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
from dataclasses import dataclass
from pathlib import Path

from peso.products.engines.failures.first_error import first_error, first_error_in

LOGS = Path(__file__).parents[1] / "tests/products/engines/failures/logs"
BEGIN, END = "<!-- recorded: begin -->\n", "<!-- recorded: end -->\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A recorded log: what is in it, and what was found."""

    name: str
    kind: str
    line: int
    lines: int
    right: bool
    found: str


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--stores", type=Path, nargs="*", default=[])
    parser.add_argument("--report", type=Path)
    asked = parser.parse_args()
    rows = [row(path) for path in sorted(LOGS.glob("*/*.log"))]
    text = table(rows)
    print(text)
    if asked.report:
        page = asked.report.read_text()
        before, after = page.split(BEGIN)[0], page.split(END)[1]
        asked.report.write_text(f"{before}{BEGIN}{text}{END}{after}")
    wrong = sum(not one.right for one in rows)
    return int(bool(wrong + good(asked.stores)))


def row(log: Path) -> Row:
    name = "expected.json" if log.name == "build.log" else "expected-test.json"
    told = json.loads(log.with_name(name).read_text())
    found = first_error_in(log, ended=told.pop("ended", "exit"))
    return Row(
        name=log.parent.name + ("" if log.name == "build.log" else ", tests"),
        kind=told["kind"],
        line=told["line"],
        lines=log.read_bytes().count(b"\n"),
        right=found is not None and found.model_dump() == told,
        found="nothing" if found is None else f"{found.kind} {found.line}",
    )


def table(rows: list[Row]) -> str:
    lines = ["| log | kind | line | of | found |", "|---|---|---|---|---|"]
    for one in rows:
        found = "right" if one.right else f"WRONG: {one.found}"
        lines.append(f"| {one.name} | {one.kind} | {one.line} | {one.lines} | {found} |")
    right = sum(one.right for one in rows)
    return "\n".join([*lines, "", f"{right} of {len(rows)} right: line, text, kind and phase.", ""])


def good(stores: list[Path]) -> int:
    """Count the logs of good builds that have a first error."""
    paths = [path for store in stores for path in store.glob("*/*/.spack/spack-build-out.txt.gz")]
    logs = {gzip.decompress(path.read_bytes()): path for path in paths}
    wrong = 0
    for log, path in logs.items():
        found = first_error(log)
        if found is not None:
            wrong += 1
            print(f"FALSE: {path}: {found.kind} {found.line} {found.text}")
    lines = sum(log.count(b"\n") for log in logs)
    print(f"{len(logs)} different logs of good builds, {lines} lines: {wrong} with a first error")
    return wrong


if __name__ == "__main__":
    sys.exit(main())
