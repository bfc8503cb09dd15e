"""Full agreement with the independent reference evaluation, on real records and on made-up ones."""

from __future__ import annotations

import json
import random
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.services.assurance.matching import osv_reference as reference

from peso.services.assurance.advisories.osv import read_advisory
from peso.services.assurance.advisories.record import package_key
from peso.services.assurance.matching.evaluate import evaluate

CASES = 2000
EVERY = 3
"""Every third file of a source is read: reading is what takes time here."""
ORDERS = {
    "PyPI": {"ECOSYSTEM": reference.pep440, "SEMVER": reference.semver},
    "Bitnami": {"ECOSYSTEM": reference.semver, "SEMVER": reference.semver},
}
Case = tuple[dict[str, Any], str, str, str]
"""A raw record, an ecosystem, a name in it, a version."""


def ours(record: dict[str, Any], ecosystem: str, name: str, version: str) -> str:
    read = read_advisory("a.json", json.dumps(record).encode())
    key = package_key(ecosystem, name)
    return evaluate(read.of(key), version).answer


def theirs(record: dict[str, Any], ecosystem: str, name: str, version: str) -> str:
    try:
        hit = reference.is_vulnerable((ecosystem, name), version, record, ORDERS[ecosystem])
    except (ValueError, TypeError):
        return "unknown"
    return "affected" if hit else "not affected"


# Real records.


def raw(archive: Path) -> Iterator[dict[str, Any]]:
    loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
    with zipfile.ZipFile(archive) as opened:
        for name in sorted(opened.namelist())[::EVERY]:
            if name.endswith(".json"):
                yield json.loads(opened.read(name))
            elif name.endswith(".yaml"):
                yield yaml.load(opened.read(name), Loader=loader)  # noqa: S506 - texts only


def cases_of(records: list[dict[str, Any]], ecosystem: str, wanted: int) -> Iterator[Case]:
    """Draw versions from a record's own bounds and lists, and from its product's other records."""
    chance = random.Random(20261126)  # noqa: S311 - the same sample every time
    known: dict[str, set[str]] = {}
    for record, name, entry in entries(records, ecosystem):
        del record
        known.setdefault(name, set()).update(versions_in(entry))
    usable = list(entries(records, ecosystem))
    for _ in range(wanted):
        record, name, entry = chance.choice(usable)
        drawn = chance.choice([bounds_in(entry), versions_in(entry), known[name]])
        version = chance.choice(sorted(drawn or {"1.0"}))
        yield record, ecosystem, name, nudged(version, chance)


def nudged(version: str, chance: random.Random) -> str:
    """Return a version at a bound, or one just beside it."""
    head, dot, last = version.rpartition(".")
    if not last.isdigit() or chance.random() < 0.4:
        return version
    return f"{head}{dot}{max(0, int(last) + chance.choice((-1, 1)))}"


def entries(
    records: list[dict[str, Any]], ecosystem: str
) -> Iterator[tuple[dict[str, Any], str, dict[str, Any]]]:
    for record in records:
        for entry in record.get("affected") or ():
            package = entry.get("package") or {}
            spans = [one for one in entry.get("ranges") or () if one["type"] != "GIT"]
            if package.get("ecosystem") == ecosystem and spans:
                yield record, package["name"], entry


def bounds_in(entry: dict[str, Any]) -> set[str]:
    spans = [one for one in entry.get("ranges") or () if one["type"] != "GIT"]
    return {at for span in spans for event in span["events"] for at in event.values()} - {"*"}


def versions_in(entry: dict[str, Any]) -> set[str]:
    return bounds_in(entry) | set(entry.get("versions") or ())


@pytest.fixture
def archives(shared_data: Path) -> dict[str, Path]:
    folder = shared_data / "advisories"
    return {"PyPI": folder / "pypa-osv.zip", "Bitnami": folder / "bitnami-osv.zip"}


@pytest.mark.shared_data
@pytest.mark.parametrize("ecosystem", ["PyPI", "Bitnami"])
def test_real_records_are_evaluated_as_the_reference_does(
    archives: dict[str, Path], ecosystem: str
) -> None:
    records = [one for one in raw(archives[ecosystem]) if not one.get("withdrawn")]
    counts: Counter[str] = Counter()
    apart = []
    for case in cases_of(records, ecosystem, CASES // 2):
        mine, other = ours(*case), theirs(*case)
        counts[other] += 1
        if mine != other:
            apart.append((case[0]["id"], case[2], case[3], mine, other))
    assert apart == []
    assert min(counts["affected"], counts["not affected"]) > CASES // 10
    assert counts["unknown"] < CASES // 20


# Made-up records.

NUMBERS = st.integers(0, 4).map(str)
PLAIN = st.lists(NUMBERS, min_size=1, max_size=3).map(".".join)
PEP440 = st.one_of(
    PLAIN,
    st.builds(
        "{}{}{}".format,
        PLAIN,
        st.sampled_from(["a", "b", "rc", ".dev", ".post"]),
        st.integers(0, 2),
    ),
    st.builds("1!{}".format, PLAIN),
    st.builds("{}+local.{}".format, PLAIN, NUMBERS),
)
SEMVER = st.one_of(
    PLAIN,
    st.builds(
        "{}.{}.{}-{}".format,
        NUMBERS,
        NUMBERS,
        NUMBERS,
        st.sampled_from(["alpha", "alpha.1", "alpha.beta", "beta.2", "beta.11", "rc.1", "1", "1a"]),
    ),
    st.builds("{}.{}.{}+build.{}".format, NUMBERS, NUMBERS, NUMBERS, NUMBERS),
)


def records_of(
    versions: st.SearchStrategy[str], ecosystem: str, kinds: list[str]
) -> st.SearchStrategy[Case]:
    closing = st.sampled_from(["fixed", "last_affected"])

    def span(kind: str, close: str) -> st.SearchStrategy[dict[str, Any]]:
        event = st.one_of(
            st.fixed_dictionaries({"introduced": st.one_of(st.just("0"), versions)}),
            st.fixed_dictionaries({close: versions}),
            st.fixed_dictionaries({"limit": st.one_of(st.just("*"), versions)}),
        )
        more = st.lists(event, max_size=5)
        first = st.fixed_dictionaries({"introduced": st.one_of(st.just("0"), versions)})
        events = st.builds(lambda begin, rest: [begin, *rest], first, more).flatmap(st.permutations)
        return st.fixed_dictionaries({"type": st.just(kind), "events": events})

    ranges = st.lists(
        st.tuples(st.sampled_from(kinds), closing).flatmap(lambda said: span(*said)),
        min_size=1,
        max_size=3,
    )
    entry = st.fixed_dictionaries(
        {
            "package": st.just({"ecosystem": ecosystem, "name": "a"}),
            "ranges": ranges,
            "versions": st.lists(versions, max_size=3),
        }
    )
    record = st.fixed_dictionaries(
        {
            "id": st.just("X-1"),
            "modified": st.just("2026-01-01T00:00:00Z"),
            "affected": st.lists(entry, min_size=1, max_size=2),
        }
    )
    return st.tuples(record, st.just(ecosystem), st.just("a"), versions)


@settings(max_examples=200)
@given(records_of(PEP440, "PyPI", ["ECOSYSTEM"]))
def test_made_up_python_records_agree(case: Case) -> None:
    assert ours(*case) == theirs(*case)


@settings(max_examples=200)
@given(records_of(SEMVER, "Bitnami", ["SEMVER", "ECOSYSTEM"]))
def test_made_up_semantic_records_agree(case: Case) -> None:
    assert ours(*case) == theirs(*case)
