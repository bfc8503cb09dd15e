"""What a page says of vulnerabilities, statements, coverage and licenses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from tests.services.delivery.pages import vulnerable
from tests.services.delivery.pages.conftest import NOW
from tests.services.delivery.pages.test_page import Outline, render

from peso.base.finding import Level
from peso.services.delivery.pages.page import ReleaseView


@pytest.fixture
def view(release: Callable[..., Any]) -> ReleaseView:
    made: ReleaseView = release(scan=vulnerable.scan, gate=vulnerable.gate()).view()
    return made


@pytest.fixture
def page(view: ReleaseView) -> str:
    return Outline(render(view)[view.path]).text


def test_exploited_comes_first_then_the_graver(view: ReleaseView) -> None:
    found = [(one.finding.rule, one.exploited) for one in view.findings if one.seen_by == "scan"]
    assert found == [
        ("CVE-2026-77", "known"),
        ("PYSEC-2026-12", "not known"),
        ("OSV-2025-9", "not known"),
    ]
    assert view.known.exploited == 1
    assert view.known.levels == (("high", 1), ("unknown", 1), ("medium", 1))


def test_a_finding_says_how_sure_it_is_and_who_says_so(page: str) -> None:
    assert "high match: ecosystem" in page
    assert "unknown match: git" in page
    assert "2 witnesses" in page
    assert "another-list GHSA-77: not affected (cpe, by PyPI urllib3)" in page
    assert "it lists no tags" in page
    assert "1 exploited" in page
    assert "published 2026-10-14" in page


def test_a_statement_stands_beside_its_finding_and_hides_nothing(
    view: ReleaseView, page: str
) -> None:
    said = {one.finding.rule: one.stated for one in view.findings if one.stated}
    assert said["PYSEC-2026-12"] is not None
    assert said["CVE-2026-77"] is not None
    assert (said["PYSEC-2026-12"].lifts, said["CVE-2026-77"].lifts) == (True, False)
    assert "Stated: not affected An organization (security team), until 2027-06-11" in page
    assert "stated not affected, did not lift it: it expired on 2026-11-18" in page
    assert "vex-expired" in page
    assert "Redirects are switched off wherever it is called" in page


def test_coverage_is_loud_and_says_as_of_when(page: str) -> None:
    assert "6 not covered 38 of 44 units" in page
    assert "6 of 44 No source has a record on these 6 units" in page
    assert "6 units: no source has a record of it" in page
    assert "pypa-osv (3 records by PyPI, 2026-11-22" in page


def test_licenses_and_what_is_not_known_of_them(view: ReleaseView, page: str) -> None:
    assert "Nobody states a license of:" in page
    assert view.known.licenses[0].license in page
    shipped = [one for one in view.inventory.components if one.state == "shipped"]
    listed = {name for one in view.known.licenses for name in one.names}
    assert listed | {one.name for one in view.known.unlicensed} == {one.name for one in shipped}


def test_the_decision_says_what_it_rests_on(page: str) -> None:
    assert "by scan, advisories pypa-osv, statement CVE-2026-12" in page
    assert "What the decision rests on, by digest (2)" in page
    assert "a" * 64 in page


def test_no_catalog_is_said(release: Callable[..., Any]) -> None:
    view = release().view()
    said = Outline(render(view)[view.path]).text
    assert "No catalog of exploited vulnerabilities was read" in said


def test_units_of_one_name_and_version_are_one_row_and_many_are_folded_away(
    release: Callable[..., Any],
) -> None:
    def many(components: Any) -> Any:  # noqa: ANN401 - a scan
        made = vulnerable.scan(components)
        same = [
            vulnerable.vulnerability("CVE-1", one.purl, Level.LOW, message=f"number {number}")
            for number in range(60)
            for one in components[:2]
        ]
        names = tuple(one.model_copy(update={"name": "zlib@1.3"}) for one in made.coverage[:2])
        return made.model_copy(
            update={"findings": tuple(same), "coverage": (*names, *made.coverage[2:])}
        )

    view = release(scan=many, gate=vulnerable.gate()).view()
    rows = [one for one in view.findings if one.finding.rule == "CVE-1"]
    assert len(rows) == 60
    assert {(one.units, one.called) for one in rows} == {(2, "zlib@1.3")}
    said = Outline(render(view)[view.path]).text
    assert "21 more findings, less grave" in said


def test_hostile_text_of_statements_and_witnesses_stays_text(
    release: Callable[..., Any],
) -> None:
    evil = "<script>alert(1)</script>"

    def spoilt(components: Any) -> Any:  # noqa: ANN401 - a scan
        made = vulnerable.scan(components)
        one = made.findings[0]
        bad = one.model_copy(update={"witnesses": (vulnerable.witness(evil, "affected"),)})
        said = vulnerable.said_on(
            vulnerable.URLLIB3, evil, NOW, reason=evil, role=evil, author=evil
        )
        return made.model_copy(update={"findings": (bad,), "vex": (said,)})

    gate = vulnerable.gate().model_copy(update={"stated": ()})
    view = release(scan=spoilt, gate=gate).view()
    assert "<script" not in render(replace(view))[view.path]
