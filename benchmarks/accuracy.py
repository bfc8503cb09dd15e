"""How right vulnerability matching is: sources judged against the vendors' own lists.

    python benchmarks/accuracy.py [ADVISORIES] [--recipes REPOSITORY] [--curl FILE]
        [--also NAME=FILE]... [--as-of LIST=DATE]... [--report FILE]

ADVISORIES is a folder of sources, with the vendors' lists `openssl-cve5.zip` and
`hdf5-cve-list.yml`; FILE after `--curl` is the curl project's `docs/vuln.pm`; `--also` names other
sources at hand (records of NVD's form). While a vendor's list is the truth it is switched off; each
other source is judged alone, then all of them together. `--as-of` says the date of a list that
does not say it (`hdf5=2026-03-26`).

Then the vendor's list is switched on beside all others, and two bars must hold: our reading of it
is the plain second reading of `accuracy_truths.py`, and no version that it calls not affected has a
finding. What is not at hand is left out, and said. Exits with 1 where a bar does not hold.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.accuracy_asked import Said, ask, entry_of, filled, recipe_versions
from benchmarks.accuracy_classes import Apart, classed, elsewhere
from benchmarks.accuracy_counts import Case, counted
from benchmarks.accuracy_report import Judged, Row, report
from benchmarks.accuracy_truths import TRUTHS, Truth

from peso.services.assurance.advisories.source import Source
from peso.services.assurance.advisories.store import FILE
from peso.services.assurance.matching.order import key, moving, scheme_named

LISTS = {"openssl": "openssl-cve5.zip", "hdf5": "hdf5-cve-list.yml"}
NO_WITNESS = frozenset({"kev.json", *LISTS.values()})
ALL, WHOLE, RECIPE = "all together", "whole", "all together, versions of the recipe"


class Bench:
    """The stores: each source alone, all of them, and all with the vendors' lists."""

    def __init__(self, work: Path, recipes: Path | None) -> None:
        self.work, self.recipes = work, recipes
        self.now = datetime.now(UTC)
        self.sources: list[Source] = []

    def fill(self, files: Iterable[tuple[str, Path]], truths: Iterable[Truth]) -> None:
        several = tuple(files)
        for name, file in several:
            self.sources.extend(filled(self.work / name, [(name, file)], self.now))
            print(f"{name}: {self.sources[-1].records:,} records", flush=True)
        # The largest is copied and not read again.
        largest = max(several, key=lambda one: (self.work / one[0] / FILE).stat().st_size)
        rest = [one for one in several if one != largest]
        filled(self.work / ALL, rest, self.now, begin=self.work / largest[0])
        lists = [(f"{one.product}-list", one.file) for one in truths]
        filled(self.work / WHOLE, lists, self.now, begin=self.work / ALL)

    def judge(self, truth: Truth) -> Judged:
        """Judge every source against one vendor's list, and our reading of the list too."""
        declared = recipe_versions(self.recipes, truth.product, self.work / "recipes")
        versions = _each_once(truth.product, (*declared, *sorted(truth.versions)))
        cases = {(cve, one): truth.of(cve, one) for cve in truth.judges for one in versions}
        said = {
            name: ask(self.work / name, truth.product, versions, self.now)
            for name in (*(one.name for one in self.sources), ALL, WHOLE)
        }
        in_recipe = {case: is_ for case, is_ in cases.items() if case[1] in set(declared)}
        whole = said.pop(WHOLE)
        broken = [
            case for case, is_ in cases.items() if is_ == "not affected" and case in whole.findings
        ]
        return Judged(
            truth=truth,
            declared=sum(not moving(one) for one in declared),
            moving=sum(bool(moving(one)) for one in declared),
            versions=len(versions),
            rows=tuple(_row(name, cases, one, truth) for name, one in said.items()),
            recipe=_row(RECIPE, in_recipe, said[ALL], truth),
            apart=self._apart(truth, cases, said[ALL]),
            whole=counted(cases, whole.answers, whole.known),
            broken=tuple(sorted(broken)),
        )

    def _apart(self, truth: Truth, cases: Mapping[Case, str], said: Said) -> tuple[Apart, ...]:
        found: defaultdict[tuple[str, str, str], list[str]] = defaultdict(list)
        for (cve, version), is_ in cases.items():
            answer = said.answers.get((cve, version), "not affected")
            if is_ not in {"unknown", answer}:
                found[cve, is_, answer].append(version)
        apart = [
            Apart(
                product=truth.product,
                cve=cve,
                truth=is_,
                said=answer,
                versions=tuple(several),
                said_by=_said_by(said, cve, several[0]),
            )
            for (cve, is_, answer), several in sorted(found.items())
        ]
        silent = frozenset(one.cve for one in apart) - said.known
        return classed(apart, elsewhere(self.work / ALL / FILE, silent))


def _each_once(product: str, versions: Iterable[str]) -> tuple[str, ...]:
    """Return the versions, of two spellings of one the first, without branches."""
    scheme = scheme_named(entry_of(product).scheme)
    assert scheme is not None
    found: dict[object, str] = {}
    for one in versions:
        if not moving(one):
            found.setdefault(key(scheme, one), one)
    return tuple(sorted(found.values(), key=lambda one: key(scheme, one)))


def _row(name: str, cases: Mapping[Case, str], said: Said, truth: Truth) -> Row:
    others = {id_ for id_, _ in said.findings if id_.startswith("CVE-")} - set(truth.judges)
    known = said.known & set(truth.judges)
    counts = counted(cases, said.answers, frozenset(known)) if said.known else None
    return Row(name=name, counts=counts, others=len(others))


def _said_by(said: Said, cve: str, version: str) -> str:
    witnesses = said.witnesses.get((cve, version), ())
    return "; ".join(f"{one.source}: {one.reason or one.answer}" for one in witnesses) or "none"


def at_hand(given: argparse.Namespace) -> tuple[list[tuple[str, Path]], list[Truth], list[str]]:
    """Return the sources, the vendors' lists, and what is missing."""
    folder: Path | None = given.advisories
    files = sorted(folder.iterdir()) if folder else []
    sources = [(one.name.partition(".")[0], one) for one in files if one.name not in NO_WITNESS]
    skipped = [] if folder else ["everything: no folder of advisories was given"]
    for name, _, place in (one.partition("=") for one in given.also):
        if Path(place).exists():
            sources.append((name, Path(place)))
        else:
            skipped.append(f"the source {name}: {place} is not there")
    lists = {name: folder / file for name, file in LISTS.items()} if folder else {}
    if given.curl:
        lists["curl"] = given.curl
    there = {name: file for name, file in lists.items() if file.is_file()}
    skipped.extend(
        f"{name}: its vendor's list is not at hand" for name in TRUTHS if name not in there
    )
    if given.recipes is None:
        skipped.append("versions of recipes: no repository was given")
    dates = dict(one.split("=") for one in given.as_of)
    truths = [read(there[name]) for name, read in TRUTHS.items() if name in there]
    dated = [replace(one, as_of=dates.get(one.product, one.as_of)) for one in truths]
    return sources, dated, skipped


def main() -> int:
    parser = argparse.ArgumentParser(description="How right vulnerability matching is.")
    parser.add_argument("advisories", type=Path, nargs="?")
    parser.add_argument("--recipes", type=Path)
    parser.add_argument("--curl", type=Path)
    parser.add_argument("--also", action="append", default=[], metavar="NAME=FILE")
    parser.add_argument("--as-of", action="append", default=[], metavar="LIST=DATE")
    parser.add_argument("--report", type=Path)
    given = parser.parse_args()
    sources, truths, skipped = at_hand(given)
    print(*(f"NOT MEASURED: {one}" for one in skipped), sep="\n")
    if not sources or not truths:
        return 0
    with tempfile.TemporaryDirectory() as work:
        bench = Bench(Path(work), given.recipes)
        bench.fill(sources, truths)
        judged = [bench.judge(one) for one in truths]
        text = report(judged, bench.sources, skipped)
    print(text)
    if given.report:
        given.report.write_text(text, "utf-8")
    wrong = [
        f"{one.truth.product}: {n} answers are not the vendor's, {len(one.broken)} findings are of"
        " versions it calls fixed"
        for one in judged
        if (n := _wrong(one)) or one.broken
    ]
    print(*wrong, sep="\n")
    return 1 if wrong else 0


def _wrong(one: Judged) -> int:
    return sum(count for (truth, said), count in one.whole.cells.items() if truth != said)


if __name__ == "__main__":
    sys.exit(main())
