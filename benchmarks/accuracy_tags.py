"""How right the tags that a record lists are, where a clone of the repository can say it.

    python benchmarks/accuracy_tags.py OSS_FUZZ_RECORDS NAME=CLONE... [--report FILE]

NAME is a package of the identity table, CLONE a clone of its upstream with tags. Every record
about that repository is evaluated for every release that one of its tags names: by the clone, which
is the truth here, and by the list of tags alone, as a scan does that has no clone. Prints a table,
and the records where the two say opposite things.
"""

from __future__ import annotations

import argparse
import sys
import time
import zipfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from peso.base.finding import Unknown
from peso.services.assurance.advisories.osv import read_advisory
from peso.services.assurance.advisories.record import Advisory
from peso.services.assurance.identity.keys import git_name
from peso.services.assurance.identity.table import load_identity
from peso.services.assurance.matching.clone import Clone
from peso.services.assurance.matching.order import moving, scheme_named
from peso.services.assurance.matching.tags import Release, evaluate_git

_ANSWERS = ("affected", "not affected", "unknown")


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a clone and the lists say of the releases of one project."""

    name: str
    records: int
    releases: int
    counted: Counter[tuple[str, str]]
    """(what the clone says, what the list says)."""
    apart: Counter[tuple[str, str, str]]
    """Record, what the clone says, what the list says; how many releases."""
    seconds: float


def records_of(archive: Path) -> tuple[Advisory, ...]:
    with zipfile.ZipFile(archive) as opened:
        names = [one for one in sorted(opened.namelist()) if one.endswith((".yaml", ".json"))]
        read = (read_advisory(name, opened.read(name)) for name in names)
        return tuple(one for one in read if one.withdrawn is None)


def compared(name: str, folder: Path, records: tuple[Advisory, ...]) -> Told:
    entry = load_identity().of(name)
    if isinstance(entry, Unknown):
        raise SystemExit(f"{name}: {entry.unknown}")
    repository = git_name(entry.upstream)
    key, clone = ("GIT", repository), Clone(folder, repository)
    versions = {entry.version_of(tag) for tag in clone.tags} - {None}
    about = [one for one in records if key in one.keys]
    counted: Counter[tuple[str, str]] = Counter()
    apart: Counter[tuple[str, str, str]] = Counter()
    began = time.perf_counter()
    for version in sorted(str(one) for one in versions if one and not moving(one)):
        scheme = scheme_named(entry.scheme)
        alone = Release(version=version, scheme=scheme, patterns=entry.tags)
        beside = Release(version=version, scheme=scheme, patterns=entry.tags, history=clone)
        for record in about:
            truth = evaluate_git(record.of(key), beside).answer
            said = evaluate_git(record.of(key), alone).answer
            counted[truth, said] += 1
            if truth != said and "unknown" not in {truth, said}:
                apart[record.id, truth, said] += 1
    return Told(
        name=name,
        records=len(about),
        releases=len(versions),
        counted=counted,
        apart=apart,
        seconds=time.perf_counter() - began,
    )


def report(several: list[Told]) -> str:
    lines = [
        "# Ranges of commits: what lists of tags say, against a clone",
        "",
        "Measured with `benchmarks/accuracy_tags.py` on OSS-Fuzz's records: every record about a",
        "repository, for every release its tags name. The clone is the truth: a release is",
        "affected if its tag contains the introduction and no later fix.",
        "",
        "| project | records | releases | the clone says | list: affected | not | unknown |",
        "|---|---|---|---|---|---|---|",
    ]
    for told in several:
        for truth in _ANSWERS:
            cells = [str(told.counted[truth, said]) for said in _ANSWERS]
            if any(cell != "0" for cell in cells):
                about = f"{told.name} | {told.records} | {told.releases}"
                lines.append(f"| {about} | {truth} | {' | '.join(cells)} |")
    decided = sum(
        count for told in several for (_, said), count in told.counted.items() if said != "unknown"
    )
    missed = sum(told.counted["affected", "not affected"] for told in several)
    false = sum(told.counted["not affected", "affected"] for told in several)
    whole = sum(sum(told.counted.values()) for told in several)
    lines += [
        "",
        f"Of {whole:,} questions the lists answer {decided:,}. {missed} times they clear a release",
        f"that is affected, {false} times they name one that is not. The records behind these:",
        "",
        "| record | project | the clone says | the list says | releases |",
        "|---|---|---|---|---|",
    ]
    for told in several:
        lines += [
            f"| {id_} | {told.name} | {truth} | {said} | {count} |"
            for (id_, truth, said), count in sorted(told.apart.items())
        ]
    seconds = ", ".join(f"{told.name} {told.seconds:.1f} s" for told in several)
    lines += ["", f"Asking git for all of it took: {seconds}.", ""]
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(description="How right lists of tags are.")
    parser.add_argument("records", type=Path)
    parser.add_argument("clones", nargs="+", help="NAME=CLONE")
    parser.add_argument("--report", type=Path)
    given = parser.parse_args()
    records = records_of(given.records)
    pairs = (one.partition("=") for one in given.clones)
    text = report([compared(name, Path(folder), records) for name, _, folder in pairs])
    print(text)
    if given.report:
        given.report.write_text(text, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
