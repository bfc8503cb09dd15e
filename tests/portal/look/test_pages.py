"""Pages say what a steward and a facility's engineer look for, and an empty one what to do."""

from __future__ import annotations

import json
import re

import pytest
from tests.portal.look.reading import read
from tests.portal.small import ERROR_LINE, Live

NEWEST = "/releases/testing/north/26.11/"
PAGES = (
    "/",
    "/products/",
    "/products/halden/",
    "/products/openring/",
    "/products/solvera/",
    "/products/tesselle/",
    "/releases/",
    NEWEST,
    f"{NEWEST}units/",
    f"{NEWEST}tests/",
    "/matrix/",
    "/compare/",
    "/compare/?a=testing/north/26.10&b=testing/north/26.11",
    "/stacks/",
    "/stacks/north/",
    "/recipes/",
    "/recipes/halden/",
    "/recipes/mpi/",
    "/recipes/nowhere/",
    "/impact/zlibby/",
    "/impact/mpi/",
    "/status/",
    "/feeds/",
    "/api/",
    "/about/accessibility/",
)
HEAVIEST = 150_000


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_light_and_keeps_to_the_policy(live: Live, path: str) -> None:
    answer = live.get(path)
    found = read(answer.text, path)

    assert answer.status_code == 200
    assert len(answer.content) < HEAVIEST
    assert found.inline == []
    assert found.scripts == 0
    assert len(re.findall(r"<h1[ >]", answer.text)) == 1
    assert "main" in found.ids


@pytest.mark.parametrize(
    ("path", "what"),
    [
        ("/", "No release is here yet"),
        ("/products/", "No product is here yet"),
        ("/releases/", "No release is here yet"),
        ("/matrix/", "No release with tests is here yet"),
        ("/compare/", "Two releases are needed"),
        ("/stacks/", "No stack is here yet"),
        ("/recipes/", "No recipe is here yet"),
    ],
)
def test_an_empty_page_says_what_to_do(bare: Live, path: str, what: str) -> None:
    text = bare.text(path)

    assert what in text
    assert "peso " in text


def test_a_red_cell_is_two_clicks_from_the_first_error(live: Live) -> None:
    red = [to for to, words in read(live.text("/matrix/"), "/matrix/").links if "fail" in words]
    assert len(red) == 1

    runs = read(live.text(red[0]), red[0]).links
    first = [to for to, words in runs if words.startswith("first error")]
    assert len(first) == 1

    path, _, line = first[0].partition("#")
    page = live.text(path)
    assert line == f"L{ERROR_LINE}"
    assert line in read(page, path).ids
    assert "residual grew at &lt;step&gt; 1234" in page
    assert len(page) < HEAVIEST


def test_a_log_of_long_lines_is_cut_but_not_where_it_says_why(live: Live) -> None:
    to = next(to for to, _ in read(live.text(NEWEST), NEWEST).links if to.startswith("/logs/"))
    page = live.text(to.partition("#")[0])

    assert to.endswith("#L3")
    assert len(page.encode()) < HEAVIEST
    assert "cannot find -lm " + "x" * 1500 in page
    assert "…</span>" in page


def test_a_virtual_package_says_who_provides_and_who_needs_it(live: Live) -> None:
    found = read(live.text("/recipes/mpi/"), "/recipes/mpi/")
    words = found.words()

    assert {"/recipes/openring/", "/recipes/ringo/"} <= {to for to, _ in found.links}
    assert {"/recipes/halden/", "/recipes/solvera/"} <= {to for to, _ in found.links}
    assert "mpi@:3.1, mpi@:3.0" in words
    assert "2 recipes can stand for mpi" in words


def test_what_nobody_provides_is_said(live: Live) -> None:
    assert "none here has this name or provides it" in live.text("/recipes/nowhere/")
    assert live.get("/recipes/never-named/").status_code == 404


def test_a_recipe_has_its_conditions(live: Live) -> None:
    halden = read(live.text("/recipes/halden/")).words()
    solvera = live.text("/recipes/solvera/")

    assert "1 conflict" in halden
    assert "GPUs came with 2.1" in halden
    assert "mpi build, link, run +mpi" in halden
    assert "main no checksum" in halden
    assert "under 2 conditions" in solvera
    assert "javascript:" not in solvera


def test_a_product_has_versions_proof_and_what_is_not_known(live: Live) -> None:
    halden = read(live.text("/products/halden/")).words()
    tesselle = read(live.text("/products/tesselle/")).words()

    assert "From Software of the North 26.10" in halden
    assert "--release north@26.10" in halden
    assert "Recipe halden 2.1.0" in halden
    assert "Release north 26.09 2.0.0" in halden
    assert "? not known Nobody has looked up what its authors released last" in halden
    assert "gpu-partition ✓ pass" in halden
    assert "CVE-2026-0002 (GHSA-aaaa-bbbb-cccc)" in halden
    assert "pkg:generic/halden@2.1.0 OSV as of 2 September 2026" in halden
    assert "C, C++" in halden
    assert "whether it works is not known" in tesselle
    assert "It is in no release here, so nothing was scanned." in tesselle


def test_upstream_is_what_somebody_looked_up(live: Live) -> None:
    for path in ("/products/solvera/", "/recipes/solvera/"):
        words = read(live.text(path)).words()
        assert "5.2 as of 20 November 2026 , says the solvers' own page" in words, path


def test_a_finding_says_how_sure_how_grave_exploited_or_not_and_what_is_stated(live: Live) -> None:
    halden = read(live.text("/products/halden/")).words()
    older = read(live.text("/releases/testing/north/26.10/")).words()

    assert "△ medium ? under investigation CVE-2026-0002" in halden
    assert "Confidence: vendor exact. Not known to be exploited." in halden
    assert "Stated: under investigation, says Ann of the Northern Data Alliance, until" in halden
    assert "▲ high ✗ exploited ! decides nothing CVE-2026-0001" in older
    assert "Fixed in 1.3.1. Confidence: cpe. Known to be exploited." in older
    assert "decides nothing: it expired on 2026-10-11" in older
    assert "What people state" in older


def test_what_no_source_knows_is_not_covered_with_the_reason(live: Live) -> None:
    solvera = read(live.text("/products/solvera/")).words()
    newest = read(live.text(NEWEST)).words()
    components = read(live.text(f"{NEWEST}components/?covered=no")).words()

    assert "? not covered nobody said whose code it is: none named is not none there" in solvera
    assert "1 of 3 components are known to a source of advisories; of the other 2 nothing" in newest
    assert "KEV which vulnerabilities are exploited 2 September 2026" not in newest
    assert "KEV which vulnerabilities are exploited 3 September 2026 40" in newest
    assert "zlibby@1.3 pkg:generic/zlibby@1.3 ? not covered no source has a record" in components
    assert "halden" not in components.partition("Known to")[2]


def test_licenses_of_what_ships_and_of_what_is_needed(live: Live) -> None:
    newest = read(live.text(NEWEST)).words()
    halden = read(live.text("/products/halden/")).words()
    openring = read(live.text("/products/openring/")).words()
    tesselle = read(live.text("/products/tesselle/")).words()

    assert "BSD-3-Clause 2 halden@2.1.0, solvera@5.0" in newest
    assert "? not known the license of 1 component that ships zlibby@1.3 its recipe" in newest
    assert "It links 2 BSD-3-Clause 1 ? not known 1" in halden
    assert "Only to build it 3 GPL-3.0-or-later 3" in halden
    assert "What the gate's rule on licenses named of it: pkg:generic/zlibby@1.3: GPL" in halden
    assert "? not known No release that has it has an inventory on record." in openring
    assert "what it would be linked with is decided by a stack" in tesselle


def test_an_exploited_vulnerability_is_on_the_front_page(live: Live) -> None:
    assert (
        "Known to be exploited ✗ exploited CVE-2026-0001 in north 26.10"
        in read(live.text("/")).words()
    )


def test_a_figure_over_time_has_a_table_with_the_same_points(live: Live) -> None:
    page = live.text("/products/halden/")
    charts = re.findall(r"<svg class=\"chart\".*?</svg>", page, re.DOTALL)

    assert len(charts) == 4
    assert charts[0].count("<circle") == 3
    assert page.count("bandwidth_MBps as a table") == 4
    assert "4 figures never moved" in page
    assert '<td class="number">840</td>' in page


def test_structured_data_cannot_end_its_element(live: Live) -> None:
    found = read(live.text("/products/solvera/"))

    said = json.loads(found.data[0])
    assert said["name"] == "Solvera"
    assert said["description"] == "Sparse </script><b>solvers</b> & preconditioners"
    assert said["version"] == "5.0"


def test_impact_counts_who_may_be_touched(live: Live) -> None:
    zlibby = read(live.text("/impact/zlibby/")).words()
    openring = read(live.text("/impact/openring/")).words()
    buildo = read(live.text("/impact/buildo/")).words()

    assert "3 recipes may be touched" in zlibby
    assert "Directly 2 halden openring" in zlibby
    assert "openring stands for mpi" in openring
    assert "2 recipes may be touched" in openring
    assert "1 more need it only to be built" in buildo


def test_compare_says_tests_figures_units_licenses_and_findings(live: Live) -> None:
    page = live.text("/compare/?a=testing/north/26.10&b=testing/north/26.11")
    words = read(page).words()

    assert "1 cell changed" in words
    assert "Solvera gpu-partition ✓ pass ✗ fail" in words
    assert "12 of 24 figures that both have" in words
    assert "-18.7%" in words
    assert "+ new CVE-2026-0002 (medium)" in words
    assert "? not known CVE-2026-0001 (high)" in words
    assert "zlibby Zlib BSD-3-Clause" in words


def test_compare_names_what_it_does_not_know(live: Live) -> None:
    assert live.get("/compare/?a=testing/north/0&b=testing/north/26.11").status_code == 404


def test_a_stack_has_its_fault_at_the_line(live: Live) -> None:
    page = live.text("/stacks/north/")
    found = read(page, "/stacks/north/")

    assert ("/stacks/north/#L4", "Line 4") in found.links
    assert re.search(r'id="L4" class="here".*?solvera@9', page)


@pytest.mark.parametrize(
    ("asked", "slugs"),
    [
        ("q=mesh", {"tesselle"}),
        ("member=sola", {"solvera", "tesselle"}),
        ("area=data", {"halden", "solvera"}),
        ("gpu=true", {"halden"}),
        ("language=C", {"halden"}),
        ("language=C%2B%2B", {"halden"}),
        ("where=none", {"tesselle"}),
        ("license=MIT", {"solvera"}),
    ],
)
def test_products_are_found_by_what_one_knows(live: Live, asked: str, slugs: set[str]) -> None:
    links = read(live.text(f"/products/?{asked}"), "/products/").links

    assert {m[1] for to, _ in links if (m := re.fullmatch(r"/products/([^/]+)/", to))} == slugs
