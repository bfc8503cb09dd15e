"""PESO's own table: who is in it, who must not be taken for whom, and how it meets real inputs."""

from __future__ import annotations

import gzip
import json
import os
import re
import zipfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from peso.base.finding import Level
from peso.products.recipes.catalog import Catalog
from peso.products.recipes.record import Recipe, Unreadable
from peso.services.assurance.identity.contradictions import contradictions, same_numbers
from peso.services.assurance.identity.entry import Entry
from peso.services.assurance.identity.keys import SubjectKey, git_name
from peso.services.assurance.identity.table import load_identity

RECIPES = os.environ.get("PESO_RECIPES", "")
TRAPS = (
    ("trilinos", "CPE llvm:clang"),
    ("py-numpy", "CPE debian:matplotlib"),
    ("py-tensorflow", "CPE google:protobuf"),
    ("python", "CPE pypa:pip"),
    ("py-pip", "CPE python:python"),
    ("pmix", "PyPI pmix"),
    ("zlib", "npm zlib"),
    ("zlib-ng", "CPE zlib:zlib"),
    ("tar", "npm tar"),
    ("flux-core", "Bitnami flux"),
    ("ncurses", "CPE ncurses_project:ncurses"),
    ("xz", "CPE xz_project:xz"),
    ("cmake", "CPE cmake_project:cmake"),
    ("swig", "CPE swig_project:swig"),
    ("loki", "CPE grafana:loki"),
    ("protobuf", "Bitnami protobuf"),
    ("py-protobuf", "CPE google:protobuf"),
    ("hdf", "CPE hdfgroup:hdf5"),
    ("freetype", "OSS-Fuzz xpdf"),
)


def _entry(name: str) -> Entry:
    found = load_identity().of(name)
    assert isinstance(found, Entry), name
    return found


@pytest.mark.parametrize(("name", "other"), TRAPS)
def test_a_mixed_up_name_is_no_key_and_is_on_record(name: str, other: str) -> None:
    one = _entry(name)

    assert other not in {str(key) for key in one.keys}
    assert other in {pair.name for pair in one.never}


def test_no_package_is_looked_up_in_an_ecosystem_by_its_bare_name() -> None:
    ours = {"GIT", "CPE", "VENDOR", "PESO", "PyPI", "OSS-Fuzz", "Bitnami"}

    strange = [key for one in load_identity() for key in one.keys if key.space not in ours]
    assert strange == [SubjectKey("npm", "npm")]


def test_python_packages_alone_are_looked_up_on_pypi() -> None:
    named = [one for one in load_identity() if one.pypi]

    assert [one.name for one in named if not one.name.startswith("py-")] == []
    assert all(one.scheme in {"pep440", "spack"} for one in named)


def test_no_two_entries_contradict_each_other() -> None:
    assert contradictions(load_identity(), None) == ()


def test_it_is_large_enough_and_every_entry_was_reviewed_by_a_role() -> None:
    entries = tuple(load_identity())

    assert len(entries) >= 200
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\d", one.reviewed) for one in entries)
    assert {one.by for one in entries} == {"PESO security team"}


@pytest.mark.parametrize(
    "name",
    ["zlib", "openssl", "curl", "libxml2", "hdf5", "expat", "sqlite", "python", "boost", "libtiff",
     "openjdk", "openssh", "git", "openmpi", "mpich", "pmix", "slurm", "netcdf-c", "gdal", "krb5",
     "perl"],
)  # fmt: skip
def test_what_every_stack_stands_on_is_in_it(name: str) -> None:
    assert _entry(name).evidence


@pytest.mark.parametrize(
    ("name", "others"),
    [("xerces-c", {"CPE apache:xerces-c", "CPE apache:xerces-c++"}),
     ("py-django", {"CPE djangoproject:django", "CPE django_project:django"})],
)  # fmt: skip
def test_every_name_that_a_list_of_cpe_has_for_a_product_is_a_key(
    name: str, others: set[str]
) -> None:
    assert others <= {str(key) for key in _entry(name).keys}


def test_the_vendors_that_keep_their_own_lists() -> None:
    named = {one.name: one.vendor for one in load_identity() if one.vendor}

    assert named == {"openssl": "openssl", "curl": "curl", "hdf5": "hdf5"}


@pytest.mark.shared_data
def test_every_root_of_e4s_is_in_it(shared_data: Path) -> None:
    for lock in sorted((shared_data / "e4s" / "locks").glob("*.lock.gz")):
        roots = json.loads(gzip.decompress(lock.read_bytes()))["roots"]
        names = {re.split(r"[^\w-]", one["spec"])[0] for one in roots}
        assert len(names) > 100
        assert [
            name for name in sorted(names) if not isinstance(load_identity().of(name), Entry)
        ] == []


def _records(archive: Path) -> Iterator[Any]:
    loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
    with zipfile.ZipFile(archive) as opened:
        for name in opened.namelist():
            if name.endswith(".json"):
                yield json.loads(opened.read(name))
            elif name.endswith(".yaml"):
                yield yaml.load(opened.read(name), Loader=loader)  # noqa: S506 - texts only


def _affected(archive: Path) -> Iterator[tuple[Any, Any]]:
    for record in _records(archive):
        yield from ((record, one) for one in record.get("affected", ()))


@pytest.mark.shared_data
def test_names_in_bitnami_are_of_the_products_that_the_entry_names(shared_data: Path) -> None:
    products: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for record, affected in _affected(shared_data / "advisories" / "bitnami-osv.zip"):
        cpes = record.get("database_specific", {}).get("cpes", ())
        products[affected["package"]["name"]].update(":".join(one.split(":")[3:5]) for one in cpes)

    for entry in load_identity():
        for pair in entry.osv:
            if pair.name == "Bitnami":
                most = products[pair.value].most_common(1)[0][0]
                assert most in entry.cpe, (entry.name, pair.value, most)


def _tags(shared_data: Path) -> defaultdict[str, set[str]]:
    """Return the tags that OSS-Fuzz's records list, by repository."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for _, affected in _affected(shared_data / "advisories" / "oss-fuzz-osv.zip"):
        for one in affected.get("ranges", ()):
            found[git_name(one["repo"])].update(affected.get("versions", ()))
    return found


@pytest.mark.shared_data
def test_projects_in_oss_fuzz_are_there(shared_data: Path) -> None:
    archive = shared_data / "advisories" / "oss-fuzz-osv.zip"
    there = {(one["package"]["ecosystem"], one["package"]["name"]) for _, one in _affected(archive)}

    ours = {("OSS-Fuzz", one.oss_fuzz) for one in load_identity() if one.oss_fuzz}
    assert sorted(ours - there) == []


@pytest.mark.shared_data
def test_tags_in_oss_fuzz_become_versions(shared_data: Path) -> None:
    tags = _tags(shared_data)
    pairs = [
        (entry, tag)
        for entry in load_identity()
        if entry.tags
        for tag in {tag for url in (entry.upstream, *entry.also) for tag in tags[git_name(url)]}
    ]

    read = sum(entry.version_of(tag) is not None for entry, tag in pairs)
    assert len(pairs) > 1000
    assert read > 800  # the others are candidates (-rc1), and tags of other things


@pytest.fixture(scope="module")
def recipes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Recipe | Unreadable | None]:
    if not RECIPES:
        pytest.skip("PESO_RECIPES names no repository of recipes")
    catalog = Catalog.open(RECIPES, cache=tmp_path_factory.mktemp("cache"))
    return {one.name: catalog.find(one.name, of_many=True) for one in load_identity()}


@pytest.mark.recipes
def test_no_entry_contradicts_its_recipe(recipes: dict[str, Recipe | Unreadable | None]) -> None:
    found = contradictions(load_identity(), recipes.get)

    assert [one for one in found if one.level is not Level.LOW] == []
    assert {(one.rule, one.subject) for one in found} == {
        # versions that nobody can order, so findings on them are unknown
        ("identity-scheme", "bricks"),
        ("identity-scheme", "exago"),
        ("identity-scheme", "legion"),
        ("identity-scheme", "mgard"),
        ("identity-scheme", "py-tensorflow"),
    }


@pytest.mark.recipes
@pytest.mark.shared_data
def test_tags_in_oss_fuzz_become_versions_of_recipes(
    recipes: dict[str, Recipe | Unreadable | None], shared_data: Path
) -> None:
    count = 0
    tags = _tags(shared_data)
    for entry in load_identity():
        recipe = recipes[entry.name]
        assert isinstance(recipe, Recipe)
        numbers = [one.number for one in recipe.versions]
        for tag in {tag for url in (entry.upstream, *entry.also) for tag in tags[git_name(url)]}:
            version = entry.version_of(tag) or ""
            count += any(same_numbers(version, one) for one in numbers)
    assert count >= 150
