"""What differs between two releases: nothing is dropped, and not known is not called gone."""

from __future__ import annotations

from peso.portal.pages.ecosystem.differences import (
    Changed,
    FigureKey,
    changed,
    figures_moved,
    found,
    moved,
    plain,
    together,
)


def _key(figure: str) -> FigureKey:
    return FigureKey(product="halden", test="ring", ranks=2, platform="here", figure=figure)


def test_what_only_one_has_is_said() -> None:
    before, after = {"a": "1", "b": "1", "c": "1"}, {"a": "2", "b": "1", "d": "1"}

    assert changed(before, after) == (
        Changed(name="a", before="1", after="2"),
        Changed(name="c", before="1", after=""),
        Changed(name="d", before="", after="1"),
    )
    assert changed(before, before) == ()


def test_several_of_one_name_are_taken_together() -> None:
    rows = [("gcc", "13"), ("gcc", "12"), ("gcc", "12"), ("make", "")]

    assert together(rows) == {"gcc": "12, 13", "make": "not known"}


def test_a_cell_that_is_not_there_is_not_tested() -> None:
    before = {("Halden", "halden", "here"): "pass"}
    after = {("Halden", "halden", "here"): "fail", ("Halden", "halden", "there"): "unknown"}

    said = [(one.platform, one.before, one.after) for one in moved(before, after)]
    assert said == [("here", "pass", "fail"), ("there", "not tested", "unknown")]
    assert moved(after, after) == ()


def test_the_furthest_figure_comes_first_and_a_still_one_not_at_all() -> None:
    before = {_key("near"): 100.0, _key("still"): 100.0, _key("zero"): 0.0, _key("far"): 100.0}
    after = {_key("near"): 110.0, _key("still"): 100.4, _key("zero"): 1.0, _key("far"): 50.0}

    said = [(one.key.figure, one.change) for one in figures_moved(before, after)]
    assert said == [("zero", ""), ("far", "-50.0%"), ("near", "+10.0%")]


def test_a_figure_that_only_one_has_did_not_move() -> None:
    assert figures_moved({_key("a"): 1.0}, {_key("b"): 2.0}) == ()


def test_a_finding_is_gone_only_where_somebody_would_know() -> None:
    before = {("CVE-1", "pkg:pypi/a@1"): "high", ("CVE-2", "pkg:pypi/b@1"): "low"}
    after = {("CVE-3", "pkg:pypi/a@2"): "medium"}

    said = [
        (one.rule, one.level, one.state) for one in found(before, after, frozenset({"pkg:pypi/a"}))
    ]
    assert said == [
        ("CVE-1", "high", "gone"),
        ("CVE-2", "low", "not known"),
        ("CVE-3", "medium", "new"),
    ]


def test_a_component_is_itself_in_two_versions() -> None:
    assert plain("pkg:pypi/a@1?x=y") == plain("pkg:pypi/a@2") == "pkg:pypi/a"
    assert plain("no version") == "no version"
