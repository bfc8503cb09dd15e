"""Intake: CSV and exported issues; what is not understood is told by line, and nothing is lost."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peso.base.finding import Unknown
from peso.errors import BadInput
from peso.partnerships.needs.events import Event, Raised, SetAside, event
from peso.partnerships.needs.forge import read_issues
from peso.partnerships.needs.intake import COLUMNS, Intake, read_csv, slug_of
from peso.partnerships.needs.record import Effort
from peso.partnerships.needs.register import Aside
from peso.partnerships.needs.vocabulary import Kind, Level

SURVEY = """\
statement,kind,organization,organization_kind,products,severity,effort_low,effort_high,\
estimated_by,needed_by,visibility,Mood
"I need HDF5
on GPUs",feature,North Lab,facility,hdf5; zlib,blocking,10,30,lead,2027-01-31,public,good
I need a course,teaching,,,,huge,5,,,soon,,
,bug,Elm,member,,,,,,,,
I need a secret,bug,Elm,member,,,,,,,member:Elm!,
"""


def _csv(text: str) -> Intake:
    return read_csv(text.encode(), "s.csv", visibility="federation")


def test_a_survey() -> None:
    done = _csv(SURVEY)
    first, second = done.needs

    assert first.statement == "I need HDF5 on GPUs"
    assert (first.kind, first.severity, first.visibility) == (
        Kind.FEATURE,
        Level.BLOCKING,
        "public",
    )
    assert first.products == ("hdf5", "zlib")
    assert first.effort == Effort(low=10, high=30, estimated_by="lead")
    assert first.raised_by.organization is not None
    assert first.raised_by.organization.slug == "north-lab"
    assert json.loads(first.source.text)[1][-1] == "good"
    assert first.source.where == "s.csv:3"
    assert (second.kind, second.visibility) == (Kind.UNSORTED, "federation")
    assert isinstance(second.severity, Unknown)
    assert [one.source.where for one in done.aside] == ["s.csv:5", "s.csv:6"]
    told = [f"{one.where}: {one.message}" for one in done.not_understood]
    assert told[0] == "s.csv:1: nobody knows the column 'mood'; its cells are kept"
    assert [one.partition(" is ")[0] for one in told[1:]] == [
        "s.csv:4: kind: 'teaching'",
        "s.csv:4: needed_by: 'soon'",
        "s.csv:4: severity: 'huge'",
        "s.csv:4: effort_low: an effort needs effort_low, effort_high and estimated_by",
        "s.csv:5: statement: it",
        "s.csv:6: visibility: expected public, federation or member:SLUG",
    ]


@given(
    st.lists(
        st.lists(st.text(st.characters(codec="utf-8"), max_size=6), max_size=5),
        max_size=5,
    ),
    st.lists(st.sampled_from((*COLUMNS, "odd")), max_size=4),
)
def test_every_row_is_a_need_or_set_aside_with_its_text(
    rows: list[list[str]], columns: list[str]
) -> None:
    header = ["statement", *(one for one in columns if one != "statement")]
    out = io.StringIO(newline="")
    csv.writer(out).writerows([header, *rows])
    try:
        done = _csv(out.getvalue())
    except BadInput as error:
        assert error.faults  # noqa: PT017 - not always raised
        return
    sources = [*(one.source for one in done.needs), *(one.source for one in done.aside)]
    kept = [json.loads(one.text)[1] for one in sources]
    parsed = list(csv.reader(io.StringIO(out.getvalue(), newline="")))[1:]
    full = [one for one in parsed if any(cell.strip() for cell in one)]
    assert sorted(kept) == sorted(full)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"\xff\xfe", "not UTF-8"),
        (b"a,b\n1,2\n", "does not name the columns"),
        (b"", "does not name the columns"),
        (b'statement\n"open', "no CSV from this line"),
    ],
)
def test_what_is_no_such_file_is_said(data: bytes, message: str) -> None:
    with pytest.raises(BadInput, match=message):
        read_csv(data, "s.csv", visibility="public")


GITHUB = [
    {
        "number": 7,
        "title": "Builds fail\non aarch64",
        "body": "With GCC 15.",
        "labels": [{"name": "bug"}, {"name": "good first issue"}],
        "user": {"login": "a-person"},
        "html_url": "https://example.org/hypre/issues/7",
        "state": "open",
    },
    {"title": "A change", "html_url": "https://example.org/pull/8", "pull_request": {}},
    {"title": "Old", "html_url": "https://example.org/issues/1", "state": "closed"},
    {"title": " ", "html_url": "https://example.org/issues/9", "state": "open"},
    "nonsense",
]
GITLAB = [
    {
        "iid": 3,
        "title": "A tutorial for users",
        "description": "Please.",
        "labels": ["type::documentation"],
        "author": {"username": "a-person"},
        "web_url": "https://example.org/-/issues/3",
        "state": "opened",
    }
]


def _issues(data: object) -> Intake:
    said = json.dumps(data).encode()
    return read_issues(said, "i.json", visibility="public", products=("hypre",))


def test_issues_of_github() -> None:
    done = _issues(GITHUB)
    [one] = done.needs

    assert (one.statement, one.kind) == ("Builds fail on aarch64", Kind.BUG)
    assert one.evidence[0].link == one.source.where == "https://example.org/hypre/issues/7"
    assert one.products == ("hypre",)
    assert one.raised_by.person == ""
    assert json.loads(one.source.text) == GITHUB[0]
    assert [it.message for it in done.not_understood] == [
        "labels: nobody knows 'good-first-issue'",
        "title: there is none",
        "it is no issue",
    ]
    assert [it.where for it in done.skipped] == ["i.json#2", "i.json#3"]
    assert [json.loads(it.source.text) for it in done.aside] == GITHUB[3:]


def test_issues_of_gitlab() -> None:
    [one] = _issues(GITLAB).needs

    assert (one.kind, one.detail) == (Kind.DOCS, "Please.")
    assert _issues(GITLAB[0]).needs == (one.model_copy(update={"source": one.source}),)


def test_one_issue_a_line_and_a_line_that_is_none() -> None:
    lines = "\n".join([json.dumps(GITLAB[0]), "{broken", json.dumps(GITHUB[0])]).encode()
    done = read_issues(lines, "i.jsonl", visibility="public", products=())

    assert len(done.needs) == 2
    assert [(it.source.where, it.source.text) for it in done.aside] == [("i.jsonl:2", "{broken")]
    with pytest.raises(BadInput, match="no JSON"):
        read_issues(b"{", "i.json", visibility="public", products=())


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b'[\n {"title": "x"\n}\n', "^i.json:4: it is no JSON"),
        (b"statement\nx\n", "ends in .csv"),
        (b'[{"title": "\xff"}]', "^i.json:1: it is not UTF-8: byte 13"),
        (b'[{"n": NaN}]', "NaN is no number"),
        (b'[{"n": 1e999}]', "1e999 is no number"),
        (b"[" * 100_000, "no JSON"),
        (json.dumps([{"body": "y" * 200_001}] * 2).encode(), "i.json#2: it has 200012 letters"),
    ],
)
def test_what_is_no_such_export_is_said_with_its_place(data: bytes, message: str) -> None:
    with pytest.raises(BadInput) as no:
        read_issues(data, "i.json", visibility="public", products=())
    assert re.search(message, str(no.value))


ODD = [
    {"title": "x", "html_url": "https://example.org/" + "a" * 3000},
    {"title": "x", "html_url": "https://example.org/\ud800"},
    {"title": "half a letter \ud800"},
    {"title": "x", "labels": ["\ud800"], "body": "\udfff"},
    {"title": "null\0"},
]


def test_whatever_is_taken_can_be_read_again() -> None:
    done = _issues(ODD)
    rows: list[Raised | SetAside] = [
        *(Raised(need=it) for it in done.needs),
        *(_set_aside(it) for it in done.aside),
    ]

    assert len(rows) == len(ODD)
    for one in rows:
        written = event(one, time=datetime.now(UTC), actor="x")
        assert Event.model_validate_json(written.canonical()) == written


def _set_aside(one: Aside) -> SetAside:
    return SetAside(source=one.source, faults=one.faults)


def test_an_event_that_could_not_be_read_again_is_not_made() -> None:
    [need] = _issues(GITLAB).needs
    long = need.source.model_copy(update={"where": "x" * 3000})
    with pytest.raises(BadInput, match="cannot be written"):
        event(
            Raised(need=need.model_copy(update={"source": long})),
            time=datetime.now(UTC),
            actor="x",
        )


def test_evidence_that_is_too_long_is_told_and_the_row_is_kept() -> None:
    done = _csv(f"statement,evidence\nx,ok;{'e' * 25_000}\n")

    assert [one.text for one in done.needs[0].evidence] == ["ok"]
    assert "is too long" in done.not_understood[0].message


def test_a_long_title_is_kept_whole_in_the_detail() -> None:
    [one] = _issues([{**GITLAB[0], "title": "long " * 200}]).needs

    assert len(one.statement) <= 500
    assert one.detail.startswith("long " * 200)


@given(
    st.recursive(
        st.none() | st.booleans() | st.text(max_size=3),
        lambda it: (
            st.lists(it, max_size=3)
            | st.dictionaries(st.sampled_from(("title", "labels", "state", "html_url", "x")), it)
        ),
    )
)
def test_whatever_json_there_is_every_entry_is_told_of(data: object) -> None:
    done = _issues(data)
    count = len(data) if isinstance(data, list) else 1

    assert len(done.needs) + len(done.aside) + len(done.skipped) == count


def test_a_name_becomes_a_slug() -> None:
    assert slug_of("Oak Ridge (OLCF)") == "oak-ridge-olcf"
    assert slug_of("—") == ""
