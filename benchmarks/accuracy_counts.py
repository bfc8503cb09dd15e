"""Counting for `accuracy.py`: right and wrong answers, shares with their intervals.

Cases of one CVE are not independent of each other: a wrong bound is wrong for many versions at
once. So a share over cases says less than its interval makes believe, and how many CVEs are right
for every version is counted beside it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

Z = 1.959964
"""The 97.5 % quantile of the normal distribution."""
Case = tuple[str, str]
"""(CVE, version)."""


def wilson(hits: int, n: int) -> tuple[float, float]:
    """Return the 95 % score interval of a share; the whole line where nothing was counted.

    Source: E. B. Wilson, J. Am. Stat. Assoc. 22 (1927) 209-212.
    """
    if n == 0:
        return 0.0, 1.0
    share, z2 = hits / n, Z * Z
    centre = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = Z * ((share * (1 - share) + z2 / (4 * n)) / n) ** 0.5 / (1 + z2 / n)
    return max(0.0, centre - half), min(1.0, centre + half)


def share(hits: int, n: int) -> str:
    """Say a share in percent, with its interval."""
    if n == 0:
        return "- (n = 0)"
    low, high = wilson(hits, n)
    return f"{100 * hits / n:.1f} % [{100 * low:.1f}, {100 * high:.1f}]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """The answers of a source, or of several, against the truth."""

    cells: Counter[tuple[str, str]]
    """(the truth, the answer): how many cases."""
    known: int
    """CVEs of the truth of which it has a record of this product."""
    known_cells: Counter[tuple[str, str]]
    """The same cells over these CVEs only."""
    right: int
    """Of these CVEs, those with a right answer for every version that the truth decides."""
    cves: int

    @property
    def n(self) -> int:
        """How many cases the truth decides."""
        return sum(count for (truth, _), count in self.cells.items() if truth != "unknown")

    def cell(self, truth: str, answer: str) -> int:
        return self.cells[truth, answer]

    @property
    def precision(self) -> str:
        hits = self.cells["affected", "affected"]
        return share(hits, hits + self.cells["not affected", "affected"])

    @property
    def recall(self) -> str:
        """Of all that is affected, what is named; what is said to be unknown is not."""
        return share(self.cells["affected", "affected"], _row(self.cells, "affected"))

    @property
    def recall_of_known(self) -> str:
        """The same, of the CVEs that the source knows at all."""
        return share(self.known_cells["affected", "affected"], _row(self.known_cells, "affected"))


def _row(cells: Counter[tuple[str, str]], truth: str) -> int:
    return sum(count for (said, _), count in cells.items() if said == truth)


def counted(truth: Mapping[Case, str], said: Mapping[Case, str], known: frozenset[str]) -> Counts:
    """Count answers; a case that `said` does not have is answered "not affected"."""
    cells: Counter[tuple[str, str]] = Counter()
    known_cells: Counter[tuple[str, str]] = Counter()
    wrong: defaultdict[str, int] = defaultdict(int)
    for case, is_ in truth.items():
        pair = is_, said.get(case, "not affected")
        cells[pair] += 1
        if case[0] in known:
            known_cells[pair] += 1
            wrong[case[0]] += is_ != "unknown" and pair[0] != pair[1]
    cves = {cve for cve, _ in truth}
    return Counts(
        cells=cells,
        known=len(known & cves),
        known_cells=known_cells,
        right=sum(not count for count in wrong.values()),
        cves=len(cves),
    )
