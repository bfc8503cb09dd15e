"""Fields become records; every name that a directive uses is one of a record's."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.products.recipes.repositories import write_repository

from peso.products.recipes import record
from peso.products.recipes.library import Library
from peso.products.recipes.reader import read_recipe
from peso.products.recipes.repository import Repositories, open_repository
from peso.products.recipes.said import at, recipe_of, unread
from peso.products.recipes.source import FolderSource

RECORDS = {
    "versions": record.Version,
    "variants": record.Variant,
    "dependencies": record.Dependency,
    "extensions": record.Extension,
    "conflicts": record.Conflict,
    "requirements": record.Requirement,
    "provided": record.Provided,
    "patches": record.Patch,
    "resources": record.Resource,
    "licenses": record.License,
    "redistributions": record.Redistribution,
    "splices": record.Splice,
    "tests": record.StandaloneTest,
    "unread": record.Unread,
}
EVERYTHING = """
    from spack.package import *
    from spack_repo.small.build_systems.maker import MakerPackage


    class Whole(MakerPackage):
        maintainers("ann")
        version("2", sha256="a", preferred=True, deprecated=True, url="https://x.test/2")
        version("1", branch="b", git="https://x.test/x.git", tag="t", commit="c", submodules=True)
        variant("x", default="a", values=("a", conditional("b", when="@2")), multi=True,
                sticky=True, description="About", validator=len)
        depends_on("zlib", patches=[patch("z.patch", level=0)], type="link", when="+x")
        extends("python")
        conflicts("%gcc", when="@1", msg="No")
        requires("+x", "+y", policy="any_of", msg="So", when="@1")
        provides("v@1", when="@1")
        patch("https://x.test/p", sha256="b", archive_sha256="c", working_dir="w", reverse=True)
        resource(name="r", url="https://x.test/r", sha256="d", destination="e", placement="f")
        license("MIT", checked_by="ann", when="@1")
        redistribute(source=False, binary=False)
        can_splice("other", match_variants="*", when="@1")
        depends_on(nobody_knows)

        def test_it(self):
            pass
"""


def test_every_field_that_is_said_is_one_of_its_record(tmp_path: Path) -> None:
    place = write_repository(tmp_path, {"whole": EVERYTHING})
    repository = open_repository(FolderSource(place), 0)
    library = Library(Repositories((repository,)))
    said = read_recipe(library, repository, "whole", repository.file_of("whole")).said

    assert isinstance(said, dict)
    assert said.keys() <= set(record.Recipe.__struct_fields__)
    for name, kind in RECORDS.items():
        names = set(kind.__struct_fields__)
        assert said[name], name
        for one in said[name]:
            assert one.keys() <= names, (name, one)


def test_fields_left_out_have_their_defaults() -> None:
    said = {
        "name": "a",
        "namespace": "n",
        "repository": "r",
        "path": "p",
        "digest": "d",
        "class_name": "A",
        "line": 1,
        "versions": [{"line": 2, "number": "1"}],
    }

    recipe = recipe_of(said)

    assert recipe.versions == (record.Version(line=2, number="1"),)
    assert recipe.has_code
    assert recipe.dependencies == ()


@pytest.mark.parametrize(
    ("place", "when", "said"),
    [
        ((1, ""), (), {"line": 1}),
        ((1, "f.py"), (), {"line": 1, "file": "f.py"}),
        ((1, ""), ("+x",), {"line": 1, "when": ("+x",)}),
        ((1, "f.py"), ("+x",), {"line": 1, "file": "f.py", "when": ("+x",)}),
    ],
)
def test_where_a_directive_is(
    place: tuple[int, str], when: tuple[str, ...], said: dict[str, object]
) -> None:
    assert at(place, when) == said


def test_what_is_not_known() -> None:
    assert unread("version", (3, ""), "why") == (
        "unread",
        {"directive": "version", "line": 3, "reason": "why"},
    )
