"""A file of needs against a register: what of it is new, and the events that take it.

1. A file whose name ends in `.csv` has a row for each need; any other is issues of a forge.
2. An issue is known by its address, anything else by its text. What was raised or set aside once is
   known, in the register as in the same file: nothing is taken twice.
3. What no need can be made of is new, too, and is kept as it came, with its faults.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from peso.base.record import Record
from peso.partnerships.needs import events
from peso.partnerships.needs.events import Body
from peso.partnerships.needs.forge import read_issues
from peso.partnerships.needs.intake import Intake, read_csv
from peso.partnerships.needs.record import Need, Source
from peso.partnerships.needs.register import Aside, Register

Key = tuple[str, str, str]


class Known(Record):
    """Something of a file that is not taken again."""

    where: str
    need: str = ""
    """The need it is in the register; empty: it was set aside, or stands above in the same file."""


class News(Record):
    """What a file brings to a register."""

    needs: tuple[Need, ...]
    aside: tuple[Aside, ...]
    known: tuple[Known, ...]


def read_needs(data: bytes, name: str, *, visibility: str, products: Iterable[str] = ()) -> Intake:
    """Return what is in a file, which its name tells the kind of.

    Args:
        data: The file.
        name: What it is called.
        visibility: Who may see needs that do not say so themselves.
        products: What exported issues are about.

    Raises:
        BadInput: It cannot be read at all.
    """
    if name.lower().endswith(".csv"):
        return read_csv(data, name, visibility=visibility)
    return read_issues(data, name, visibility=visibility, products=tuple(products))


def news(intake: Intake, register: Register) -> News:
    """Return what a register does not have yet."""
    before: dict[Key, str] = {_key(one.source): "" for one in register.aside}
    before |= {_key(one.need.source): one.id for one in register.needs}
    known: list[Known] = []

    def new(source: Source) -> bool:
        key = _key(source)
        if key in before:
            known.append(Known(where=source.where, need=before[key]))
            return False
        before[key] = ""
        return True

    needs = tuple(one for one in intake.needs if new(one.source))
    aside = tuple(one for one in intake.aside if new(one.source))
    return News(needs=needs, aside=aside, known=tuple(known))


def taken(found: News, named: Callable[[Need], Need]) -> Iterator[Body]:
    """Yield the events that take what is new; `named` gives a need its id."""
    for need in found.needs:
        yield events.Raised(need=named(need))
    for one in found.aside:
        yield events.SetAside(source=one.source, faults=one.faults)


def _key(source: Source) -> Key:
    where = source.where if source.where.startswith(("https://", "http://")) else ""
    return source.kind, where, "" if where else source.text
