"""What of a file is new to a register: nothing is taken twice, and nothing is lost."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from peso.partnerships.needs.events import event, need_id
from peso.partnerships.needs.fold import fold
from peso.partnerships.needs.importing import News, news, read_needs, taken
from peso.partnerships.needs.record import Need
from peso.partnerships.needs.register import Register

NOW = datetime(2026, 11, 26, tzinfo=UTC)
Rows = list[tuple[str, str]]


def _named(need: Need) -> Need:
    identity = need_id(need.statement, time=NOW, actor="x", source=need.source)
    return need.model_copy(update={"id": identity})


def _register(*several: News) -> Register:
    bodies = [body for one in several for body in taken(one, _named)]
    return fold(
        event(body, time=NOW + timedelta(microseconds=at), actor="x")
        for at, body in enumerate(bodies)
    )


def _survey(rows: Rows) -> bytes:
    lines = ["statement,kind", *(f"{statement},{kind}" for statement, kind in rows)]
    return "\n".join(lines).encode()


def _news(data: bytes, register: Register, name: str = "s.csv") -> News:
    return news(read_needs(data, name, visibility="public"), register)


_ROWS = st.lists(st.tuples(st.sampled_from(("", "a", "b", "c")), st.sampled_from(("", "bug"))))


@given(_ROWS, _ROWS)
def test_nothing_is_taken_twice_and_nothing_is_lost(first: Rows, then: Rows) -> None:
    one = _news(_survey(first), Register(()))
    once = _register(one)
    other = _news(_survey(then), once)
    both = _register(one, other)

    for rows, found in ((first, one), (then, other)):
        told = len(found.needs) + len(found.aside) + len(found.known)
        assert told == sum(1 for row in rows if any(row))
    wanted = {row for row in (*first, *then) if any(row)}
    assert len(both.needs) + len(both.aside) == len(wanted)
    again = _news(_survey([*first, *then]), both)
    assert (again.needs, again.aside) == ((), ())
    assert {it.need for it in again.known} <= {"", *(need.id for need in both.needs)}


def test_an_issue_is_known_by_its_address_whatever_became_of_its_text() -> None:
    issue = {"title": "It fails", "html_url": "https://example.org/issues/7"}
    first = json.dumps([issue, {"title": "It has no address"}]).encode()
    register = _register(_news(first, Register(()), "i.json"))
    edited = json.dumps([issue | {"title": "It fails often"}]).encode()
    found = _news(edited, register, "other.json")

    assert found.needs == ()
    [known] = found.known
    assert register.get(known.need).need.statement == "It fails"


def test_a_files_name_tells_its_kind_in_whatever_case() -> None:
    assert len(_news(b"statement\nx\n", Register(()), "S.CSV").needs) == 1
    assert len(_news(b'{"title": "x"}', Register(()), "export").needs) == 1
