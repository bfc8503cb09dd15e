from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.services.assurance.matching.stores import record

from peso.services.assurance.identity.keys import SubjectKey
from peso.services.assurance.matching.confidence import Confidence, of_match, rank, surest
from peso.services.assurance.matching.evaluate import Answer, Said
from peso.services.assurance.matching.fold import Heard, fold, once, same, set_aside

PYPI = SubjectKey("PyPI", "a")


def heard(
    id_: str,
    answer: Answer = "affected",
    *,
    aliases: tuple[str, ...] = (),
    upstream: tuple[str, ...] = (),
    key: SubjectKey = PYPI,
    source: str = "s",
    confidence: Confidence = Confidence.ECOSYSTEM,
) -> Heard:
    return Heard(
        source=source,
        record=record(id_, ("PyPI", "a"), aliases=aliases, upstream=upstream),
        key=key,
        version="1.0",
        confidence=confidence,
        said=Said(answer=answer),
    )


def groups(*several: Heard) -> set[frozenset[str]]:
    return {frozenset(one.record.id for one in group) for group in fold(several)}


def test_records_are_one_over_however_many_aliases() -> None:
    assert groups(
        heard("A", aliases=("CVE-1",)),
        heard("B", aliases=("CVE-1", "CVE-2")),
        heard("C", aliases=("CVE-2",)),
        heard("CVE-1"),
        heard("D", aliases=("CVE-3",)),
    ) == {frozenset({"A", "B", "C", "CVE-1"}), frozenset({"D"})}


def test_a_notice_of_a_distribution_is_one_with_the_only_vulnerability_it_names() -> None:
    one, two = heard("DSA-1", upstream=("CVE-1",)), heard("DSA-2", upstream=("CVE-1", "CVE-2"))
    assert same(one.record) == ("CVE-1",)
    assert groups(one, two, heard("CVE-1"), heard("CVE-2")) == {
        frozenset({"DSA-1", "CVE-1"}),
        frozenset({"DSA-2"}),
        frozenset({"CVE-2"}),
    }


@given(st.lists(st.lists(st.integers(0, 9), min_size=1, max_size=3), max_size=8))
def test_grouping_is_reachability(sets: list[list[int]]) -> None:
    several = [
        heard(f"R{number}", aliases=tuple(f"CVE-{one}" for one in aliases))
        for number, aliases in enumerate(sets)
    ]
    plain: list[set[int]] = []
    members: list[set[str]] = []
    for number, aliases in enumerate(sets):
        joined = [place for place, one in enumerate(plain) if one & set(aliases)]
        ids, names = {f"R{number}"}, set(aliases)
        for place in reversed(joined):
            names |= plain.pop(place)
            ids |= members.pop(place)
        plain.append(names)
        members.append(ids)
    assert groups(*several) == {frozenset(one) for one in members}


def test_of_one_record_the_surest_key_that_decides_is_heard() -> None:
    git = SubjectKey("GIT", "h/p")
    unsure = heard("A", "unknown")
    by_git = heard("A", "affected", key=git, confidence=Confidence.GIT)
    by_name = heard("A", "not affected")
    assert once([unsure, by_git]) == (by_git,)
    assert once([by_git, by_name]) == (by_name,)
    worse = heard("A", "affected")
    assert once([by_name, worse]) == (worse,)
    assert len(once([by_name, heard("A", source="t")])) == 2


def test_only_the_projects_own_list_sets_others_aside() -> None:
    vendor = SubjectKey("VENDOR", "a")
    clear = heard("CVE-1", "not affected", key=vendor)
    assert set_aside([clear, heard("X")]) == (clear,)
    assert set_aside([heard("Y", "not affected"), heard("X")]) == ()
    assert set_aside([clear, heard("CVE-2", "affected", key=vendor)]) == ()
    assert set_aside([clear, heard("CVE-2", "unknown", key=vendor)]) == ()


@pytest.mark.parametrize(
    ("key", "form", "expected"),
    [
        (SubjectKey("VENDOR", "openssl"), "cve5", Confidence.VENDOR),
        (SubjectKey("VENDOR", "hdf5"), "hdf", Confidence.DERIVED),
        (SubjectKey("PESO", "petsc"), "peso", Confidence.VENDOR),
        (SubjectKey("PyPI", "numpy"), "osv", Confidence.ECOSYSTEM),
        (SubjectKey("Debian:12", "zlib"), "osv", Confidence.ECOSYSTEM),
        (SubjectKey("CPE", "hdfgroup:hdf5"), "nvd", Confidence.CPE),
        (SubjectKey("Julia", "HDF5_jll"), "osv", Confidence.DERIVED),
        (SubjectKey("Julia", "HTTP"), "osv", Confidence.ECOSYSTEM),
        (SubjectKey("OSS-Fuzz", "hdf5"), "osv", Confidence.GIT),
        (SubjectKey("GIT", "github.com/hdfgroup/hdf5"), "osv", Confidence.GIT),
    ],
)
def test_the_class_of_a_match(key: SubjectKey, form: str, expected: Confidence) -> None:
    assert of_match(key, form) is expected


def test_the_surest_class_stands_first() -> None:
    assert surest(reversed(Confidence)) is Confidence.VENDOR
    assert [rank(one) for one in Confidence] == [0, 1, 2, 3, 4]
