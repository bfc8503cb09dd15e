from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from peso.services.assurance.advisories.osv import read_advisory
from peso.services.assurance.advisories.record import Unreadable

RECORD = b"""\
id: PYSEC-0000-1
modified: 2024-03-01T10:00:00Z
details: |
  A first line that says it.
  And more.
affected:
- package: {name: Some_Product, ecosystem: PyPI}
  ranges:
  - {type: ECOSYSTEM, events: [{introduced: 0}, {fixed: 1.10}]}
  versions: [1.0, 1.9, 2020-01-01]
aliases: null
credits: [{name: nobody}]
"""


def test_yaml_scalars_are_text() -> None:
    record = read_advisory("a.yaml", RECORD)
    [entry] = record.affected
    assert entry.ranges[0].events == (("introduced", "0"), ("fixed", "1.10"))
    assert entry.versions == ("1.0", "1.9", "2020-01-01")
    assert record.modified == datetime(2024, 3, 1, 10, tzinfo=UTC)
    assert record.aliases == ()
    assert record.withdrawn is None


def test_names_are_normalised_as_the_ecosystem_has_it() -> None:
    record = read_advisory("a.yaml", RECORD)
    assert record.keys == (("PyPI", "some-product"),)
    assert record.of(("PyPI", "some-product")) == record.affected
    assert record.of(("PyPI", "Some_Product")) == ()


def test_a_record_without_a_summary_has_the_first_line_of_its_details() -> None:
    assert read_advisory("a.yaml", RECORD).summary == "A first line that says it."


def test_json_is_read_too_and_a_date_without_zone_is_utc() -> None:
    data = {"id": "X-1", "modified": "2024-03-01T10:00:00", "summary": "short", "affected": None}
    record = read_advisory("a.json", json.dumps(data).encode())
    assert record.modified == datetime(2024, 3, 1, 10, tzinfo=UTC)
    assert (record.summary, record.affected) == ("short", ())


@pytest.mark.parametrize(
    ("name", "data", "why"),
    [
        ("a.json", b"{", "not JSON"),
        ("a.json", b"[]", "object"),
        ("a.json", b'{"id": "X-1"}', "modified"),
        ("a.json", b'{"id": 3, "modified": "2024-01-01T00:00:00Z"}', "id"),
        ("a.json", b'{"id": "X", "modified": "yesterday"}', "modified"),
        ("a.yaml", b"", "0 documents"),
        ("a.yaml", b"a: 1\n---\na: 1\n", "2 documents"),
        ("a.yaml", b"a: 1\na: 2\n", "twice"),
        ("a.yaml", b"[a]: 2\n", "a key is not text"),
        ("a.yaml", b"- a", "object"),
        ("a.yaml", b"a: [", "not YAML"),
        ("a.yaml", b"\xff\xfe\xfd", "not YAML"),
        ("a.yaml", b"id: &a x\nmodified: *a\n", "alias"),
        ("a.yaml", b"[" * 500, "nested"),
        ("a.yaml", b"[" * 100_000, "nest"),  # the parser of some versions says it first
        ("a.json", b"[" * 100_000, "not JSON|object"),
        ("a.yaml", b"!!python/object/apply:os.getcwd []", "object"),
        ("a.yaml", b"'a", "not YAML"),
    ],
)
def test_what_is_no_record_says_why(name: str, data: bytes, why: str) -> None:
    with pytest.raises(Unreadable, match=why):
        read_advisory(name, data)
