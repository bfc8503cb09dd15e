"""The page that explains the ranking: its figures are what the code gives.

`PESO_WRITE_EXAMPLE=1` writes the tables of the page anew.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

from tests.partnerships.needs.histories import ON, decided, history, need

from peso.partnerships.needs import events
from peso.partnerships.needs.brief import score
from peso.partnerships.needs.fold import fold
from peso.partnerships.needs.rank import rank
from peso.partnerships.needs.ranked import Ranked, Ranking, Weights
from peso.partnerships.needs.reach import KnownReach
from peso.partnerships.needs.record import Effort, Evidence, Speaker
from peso.partnerships.needs.terms import ONE
from peso.partnerships.needs.vocabulary import Grade, Kind, Level, OrganizationKind, Status

PAGE = Path(__file__).parents[3] / "docs" / "explanation" / "how-needs-are-ranked.md"
HDF5 = need(
    "HDF5 with GPU-aware MPI, built once for all facilities",
    kind=Kind.INTEGRATION,
    products=("hdf5",),
    severity=Level.IMPORTANT,
    places=1,
    effort=Effort(low=20, high=60, estimated_by="liaison"),
    evidence=(Evidence(grade=Grade.MEASURED, text="a run that reads 4 times slower"),),
)
HYPRE = need(
    "hypre's newest release in the stack",
    kind=Kind.PACKAGING,
    products=("hypre",),
    severity=Level.BLOCKING,
    places=1,
    effort=Effort(low=3, high=10, estimated_by="product team"),
    evidence=(Evidence(grade=Grade.DOCUMENTED, text="an issue"),),
)
COURSE = need("A course on checkpoints for new users", kind=Kind.TRAINING, severity=Level.USEFUL)
THREE = {"HDF5": HDF5, "hypre": HYPRE, "course": COURSE}
REACH = KnownReach({("hdf5",): 1000, ("hypre",): 50})
MEMBER, FACILITY, OTHER = OrganizationKind
ENDORSED = (
    (HDF5, "member-a", MEMBER, Level.IMPORTANT),
    (HDF5, "member-b", MEMBER, Level.BLOCKING),
    (HDF5, "facility-a", FACILITY, Level.BLOCKING),
    (HDF5, "facility-b", FACILITY, Level.IMPORTANT),
    (HYPRE, "member-c", MEMBER, Level.BLOCKING),
    (HYPRE, "facility-a", FACILITY, Level.IMPORTANT),
    (COURSE, "member-a", MEMBER, Level.USEFUL),
    (COURSE, "university-a", OTHER, Level.IMPORTANT),
)


def _ranking() -> Ranking:
    raised = [events.Raised(need=one) for one in THREE.values()]
    said = [
        events.Endorsed(about=one.id, organization=Speaker(slug=slug, kind=kind), level=level)
        for one, slug, kind, level in ENDORSED
    ]
    known = [decided(one, Status.ACKNOWLEDGED) for one in THREE.values()]
    return rank(fold(history(*raised, *said, *known)), Weights(), REACH, ON)


def _value(low: int, high: int) -> str:
    ends = [f"{one / ONE:.3f}" for one in (low, high)]
    return ends[0] if ends[0] == ends[1] else f"{ends[0]} to {ends[1]}"


def _table(name: str, one: Ranked) -> Iterator[str]:
    total = sum(part.weight for part in one.parts)
    yield f"**{name}**: {one.statement}"
    yield ""
    yield "| term | what is known | value | weight | adds |"
    yield "|---|---|---|---|---|"
    for part in one.parts:
        raw = f"{part.term.raw} ({part.term.unknown})" if part.term.unknown else part.term.raw
        value = _value(part.term.low, part.term.high)
        adds = score(part.low, part.high, total)
        yield f"| {part.term.name} | {raw} | {value} | {part.weight} | {adds} |"
    yield f"| **score** | | | {total} | **{score(one.low, one.high, total)}** |"
    yield ""


def _together(ranking: Ranking, names: dict[str, str]) -> Iterator[str]:
    yield "| rank | need | score, middle | by what is unknown | weights a half off | any weights |"
    yield "|---|---|---|---|---|---|"
    for one in ranking.needs:
        total = sum(part.weight for part in one.parts)
        middle = (one.low + one.high) // 2
        spans = (one.by_unknowns, one.by_half, one.by_any)
        said = " | ".join(f"{it.best} to {it.worst}" for it in spans)
        yield f"| {one.rank} | {names[one.id]} | {score(middle, middle, total)} | {said} |"
    yield ""


def _written() -> str:
    ranking = _ranking()
    by_id = {one.id: one for one in ranking.needs}
    names = {one.id: name for name, one in THREE.items()}
    lines = [line for name, one in THREE.items() for line in _table(name, by_id[one.id])]
    return "\n".join([*lines, *_together(ranking, names)])


def _of_page(text: str) -> re.Match[str]:
    found = re.search(r"(?s)(<!-- worked -->\n)(.*)(<!-- end -->)", text)
    assert found
    return found


def test_the_figures_of_the_page_are_those_of_the_code() -> None:
    text, written = PAGE.read_text(), _written()
    place = _of_page(text)
    if os.environ.get("PESO_WRITE_EXAMPLE"):
        PAGE.write_text(f"{text[: place.start(2)]}\n{written}{text[place.end(2) :]}")

    assert _of_page(PAGE.read_text()).group(2) == f"\n{written}"


def test_the_example_says_what_the_page_says_in_words() -> None:
    """HDF5 first, the course last; by some weights the order turns round."""
    first, second, third = (one.id for one in _ranking().needs)

    assert (first, second, third) == (HDF5.id, HYPRE.id, COURSE.id)
    assert next(one for one in _ranking().needs if one.id == COURSE.id).by_any.best == 1
