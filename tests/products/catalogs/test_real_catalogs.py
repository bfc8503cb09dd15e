"""The ecosystem's real catalogs: counts, every key, idempotence, export equal to the byte."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from peso.products.catalogs.cass.catalog import read_cass, wanted
from peso.products.catalogs.cass.software import COLUMNS
from peso.products.catalogs.consortium import Event, Person
from peso.products.catalogs.entry import Reading, read_tree
from peso.products.catalogs.exporting import export_catalog, key_of
from peso.products.catalogs.front_matter import split_front_matter
from peso.products.catalogs.importing import import_catalog
from peso.products.catalogs.merge import rendered
from peso.products.catalogs.pages import is_template
from peso.products.catalogs.splice import REMOVED, splice
from peso.products.catalogs.written import Mapping, plain, read_written
from peso.products.license import License
from peso.products.product import Badge, Product

pytestmark = pytest.mark.shared_data


@pytest.fixture
def cass(shared_data: Path) -> Path:
    return shared_data / "cass"


@pytest.fixture
def reading(cass: Path) -> Reading:
    return read_cass(read_tree(cass, wanted), "")


def _products(reading: Reading) -> list[Product]:
    return [one.record for one in reading.entries if isinstance(one.record, Product)]


def _front(page: Path) -> Mapping:
    root = read_written(split_front_matter(page.read_bytes().decode()).head)
    assert isinstance(root, Mapping)
    return root


def _pages(cass: Path) -> list[Path]:
    return [
        page
        for folder in ("_software", "_working-groups", "_events", "_impacts")
        for page in sorted((cass / folder).rglob("*.md"))
        if page.name != "README.md"
    ]


def test_everything_there_is_was_read(reading: Reading) -> None:
    kinds = Counter(
        one.path.removesuffix(".yaml").split("/")[0 if one.path.startswith("products") else 1]
        for one in reading.entries
    )

    assert kinds == {
        "products": 64,
        "members": 7,
        "officers": 3,
        "terms": 1,
        "people": 25,
        "foundations": 5,
        "areas": 8,
        "working-groups": 7,
        "events": 68,
        "stories": 6,
    }


def test_the_known_figures_of_the_products_come_out(reading: Reading) -> None:
    products = _products(reading)
    licenses = [one.licensing for one in products if isinstance(one.licensing, License)]

    assert sum(not one.published for one in products) == 5
    assert sum(isinstance(one.badge, Badge) for one in products) == 12
    assert all(isinstance(b.level, str) and b.percentages for b in _badges(products))
    assert sum(isinstance(one.foundation, str) for one in products) == 13
    assert sum(bool(one.e4s) for one in products) == 38
    assert sum(len(one.spack) == 1 for one in products) == 40
    assert sum(len(one.spack) > 1 for one in products) == 4
    assert len(licenses) == 61
    assert sum(one.per_package for one in licenses) == 2
    assert [one.problem for one in licenses if one.problem] == []
    assert Counter(member for one in products for member in one.members) == {
        "RAPIDS": 23,
        "FASTMath": 18,
        "S4PST": 13,
        "STEP": 5,
        "LEADS": 5,
        "PESO": 2,
    }


def _badges(products: list[Product]) -> list[Badge]:
    return [one.badge for one in products if isinstance(one.badge, Badge)]


def test_the_known_faults_are_found(reading: Reading) -> None:
    found = Counter(one.rule.removeprefix("catalog.") for one in reading.findings)
    files_with_tabs = {
        (one.where or "").partition(":")[0] for one in reading.findings if one.rule == "catalog.tab"
    }

    assert len(files_with_tabs) == 5
    assert found["key-misspelt"] == 2
    assert found["link-without-url"] == 1
    assert found["blank"] == 3
    assert found["license-per-package"] == 2
    assert found["history-in-comments"] == 5
    assert found["body"] == 1
    assert found["unreadable"] == found["name-missing"] == found["wrong-shape"] == 0


def test_no_value_of_a_product_is_lost(cass: Path, reading: Reading) -> None:
    """Every key of every page is told by the record: by its column, or among what was kept."""
    for product in _products(reading):
        said: dict[str, Any] = product.plain()
        for pair in _front(cass / "_software" / f"{product.cass}.md").pairs:
            value = plain(pair.value)
            column = next((one for one in COLUMNS if one.key == pair.key), None)
            if column is None:
                assert product.kept["cass"][pair.key] == value
            elif isinstance(value, list) and value and isinstance(value[0], dict):
                assert key_of(said[column.field], column) == [_with_url(one) for one in value], (
                    pair.key
                )
            elif value is not None:
                told = key_of(said[column.field], column)
                assert told in (value, [value]), (product.name, pair.key)


def _with_url(link: dict[str, Any]) -> dict[str, Any]:
    return {"label": None, "url": None, **link}


def test_any_key_of_any_page_can_be_changed_and_nothing_else_changes(cass: Path) -> None:
    for page in _pages(cass):
        head = split_front_matter(page.read_bytes().decode()).head
        before = plain(_front(page))
        for key in before:
            for new in ("other: text", ["one", "two"], None, "a\nb\n"):
                root = read_written(splice(head, {key: new}))
                assert root is not None
                assert plain(root) == {**before, key: new}, (page, key)
            left = read_written(splice(head, {key: REMOVED}))
            rest = {name: value for name, value in before.items() if name != key}
            assert (plain(left) if left else {}) == rest


def test_import_is_idempotent_and_export_equal_to_the_byte(
    cass: Path, workspace: Path, tmp_path: Path
) -> None:
    import_catalog(workspace, "cass", cass)
    again = import_catalog(workspace, "cass", cass)
    done = export_catalog(workspace, "cass", tmp_path / "out")
    files = [path for path in cass.rglob("*") if path.is_file()]

    assert (again.made, again.updated, again.same, again.mirrored) == ((), (), 194, 0)
    assert done.changed == ()
    assert done.findings == ()
    assert len(files) == done.files == 175
    for file in files:
        assert (tmp_path / "out" / file.relative_to(cass)).read_bytes() == file.read_bytes()


def test_a_change_to_every_product_changes_its_key_only(
    cass: Path, reading: Reading, workspace: Path, tmp_path: Path
) -> None:
    import_catalog(workspace, "cass", cass)
    for entry in reading.entries:
        if isinstance(entry.record, Product):
            new = entry.record.model_copy(update={"license": "0BSD", "spack": ("a", "b")})
            (workspace / entry.path).write_text(rendered(new))
    done = export_catalog(workspace, "cass", tmp_path / "out")

    assert len(done.changed) == 64
    assert done.findings == ()
    for page in sorted((cass / "_software").glob("*.md")):
        if not is_template(page.name):
            before, after = _front(page), _front(tmp_path / "out" / "_software" / page.name)
            changes = {"license_spdx": "0BSD", "spack_name": ["a", "b"]}
            assert plain(after) == {**plain(before), **changes}


def test_the_roots_of_e4s_environments_meet_the_consortiums_products(
    shared_data: Path, workspace: Path
) -> None:
    import_catalog(workspace, "cass", shared_data / "cass")
    done = import_catalog(workspace, "e4s", shared_data / "e4s")
    named = {one.subject for one in done.findings if one.rule == "catalog.no-product"}

    assert done.entries == {"e4s-roots": 1}
    assert {"adios2", "superlu-dist"}.isdisjoint(named)
    assert "zlib" not in named
    assert len(named) > 50


def test_the_counts_that_were_measured_of_areas_licenses_people_and_events(
    reading: Reading,
) -> None:
    products = _products(reading)
    people = [one.record for one in reading.entries if isinstance(one.record, Person)]
    days = [(one.path, one.record) for one in reading.entries if isinstance(one.record, Event)]

    assert Counter(area for one in products for area in one.areas) == {
        "Mathematical libraries": 18,
        "Data and visualization": 12,
        "Development tools": 11,
        "Artificial intelligence": 11,
        "Programming models and runtimes": 11,
        "Uses AI": 5,
        "AI building blocks": 4,
        "Software ecosystem and delivery": 2,
    }
    assert Counter(one.license for one in products if isinstance(one.license, str)) == {
        "BSD-3-Clause": 29,
        "BSD-3-Clause-LBNL": 8,
        "Apache-2.0": 4,
        "MIT": 3,
        "Apache-2.0 OR MIT": 3,
        "Apache-2.0 WITH LLVM-exception": 3,
        "BSD-2-Clause": 3,
        "mpich2": 2,
        "per-member-package": 2,
        "LGPL-2.1-only": 1,
        "LGPL-2.1-or-later": 1,
        "BSD-3-Clause-Open-MPI": 1,
        "NetCDF": 1,
    }
    assert Counter(one.foundation for one in products if isinstance(one.foundation, str)) == {
        "High Performance Software Foundation": 8,
        "NumFOCUS": 2,
        "Unified Acceleration Foundation": 1,
        "LLVM Foundation": 1,
        "Software in the Public Interest": 1,
    }
    assert sum(isinstance(one.affiliation, str) for one in people) == 24
    assert sum(bool(one.short_affiliation) for one in people) == 25
    assert sum(bool(one.homepage and one.linkedin and one.github) for one in people) == 1
    assert Counter(one.type for _, one in days) == {
        "Webinar": 30,
        "Birds-of-a-Feather Session": 28,
        "Tutorial": 6,
        "Minisymposium": 2,
        "Open Discussion": 2,
    }
    assert sum("test-event" in path for path, _ in days) == 3
    assert len({name for _, one in days for name in one.series}) == 5
