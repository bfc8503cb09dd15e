"""Every directive, in every form it is written in."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.products.recipes.repositories import read_class

from peso.products.recipes.record import Recipe, VariantValue


def test_versions(tmp_path: Path) -> None:
    recipe = read_class(
        tmp_path,
        """
        version("2.0", sha256="aa", md5="bb", preferred=True, url="https://x.test/2.tgz")
        version("1.0", "cc", deprecated=True)
        version("main", branch="main", git="https://x.test/x.git", submodules=True)
        version("0.9", commit="dd", tag="v0.9", submodules=pick)
        version(3, sha256="ee", no_cache=None)
        """,
        before="def pick(package):\n    return ['a']",
    )
    two, one, main, old, three = recipe.versions

    assert (two.number, two.checksum, two.checksum_kind) == ("2.0", "aa", "sha256")
    assert two.preferred
    assert two.url == "https://x.test/2.tgz"
    assert (one.checksum, one.checksum_kind, one.deprecated) == ("cc", "checksum", True)
    assert main.branch == "main"
    assert not main.proven
    assert main.options == (("submodules", "true"),)
    assert old.proven
    assert old.options == (("submodules", "function pick"),)
    assert (three.number, three.options) == ("3", ())
    assert [one.line for one in recipe.versions] == [5, 6, 7, 8, 9]


def test_a_version_given_twice_is_the_last_one(tmp_path: Path) -> None:
    recipe = read_class(
        tmp_path, 'version("1", sha256="a")\nversion("2", sha256="b")\nversion("1", sha256="c")'
    )

    assert [(one.number, one.checksum) for one in recipe.versions] == [("1", "c"), ("2", "b")]


def _values(recipe: Recipe) -> list[str | bool]:
    return [one.value for one in recipe.variants[0].values]


@pytest.mark.parametrize(
    ("said", "default", "values", "multi", "accepts"),
    [
        ("default=True", True, [True, False], False, ""),
        ('default="true"', "true", [True, False], False, ""),
        ('default="x"', "x", [], False, "*"),
        ('default="x", values=("x", "y")', "x", ["x", "y"], False, ""),
        ('default="x,y", values=("x", "y"), multi=True', "x,y", ["x", "y"], True, ""),
        ('default=("x", "y"), values=["x", "y"], multi=True', "x,y", ["x", "y"], True, ""),
        ('default="1", values=int', "1", [], False, "int"),
        ('default="1", values="*"', "1", [], False, "*"),
        ('default="1", values=lambda x: x.isdigit()', "1", [], False, "lambda"),
        ("values=any_combination_of('x', 'y')", "none", ["none", "x", "y"], True, ""),
        ("values=auto_or_any_combination_of('x')", "auto", ["auto", "x"], True, ""),
        ("values=disjoint_sets(('x',), ('y',))", "none", ["none", "x", "y"], True, ""),
        (
            "values=disjoint_sets(('x',), ('y',)).prohibit_empty_set().with_default('x')",
            *("x", ["x", "y"], True, ""),
        ),
    ],
)
def test_variants(  # noqa: PLR0917
    tmp_path: Path, said: str, default: object, values: object, multi: object, accepts: object
) -> None:
    recipe = read_class(tmp_path, f'variant("v", {said}, description=" Text ")')
    variant = recipe.variants[0]

    assert recipe.unread == ()
    assert variant.default == default
    assert _values(recipe) == values
    assert (variant.multi, variant.accepts, variant.description) == (multi, accepts, "Text")


def test_conditional_values(tmp_path: Path) -> None:
    recipe = read_class(
        tmp_path,
        """
        variant(
            "std",
            default="11",
            values=("11", conditional("17", "20", when="@2:"), conditional("98", when=False)),
        )
        build_system(conditional("old", when="@:1"), "new", default="new")
        """,
    )
    std, build = recipe.variants

    assert std.values == (
        VariantValue(value="11"),
        VariantValue(value="17", when=("@2:",)),
        VariantValue(value="20", when=("@2:",)),
        VariantValue(value="98", never=True),
    )
    assert (build.name, build.default) == ("build_system", "new")
    assert recipe.build_systems == ("old", "new")


def test_sets_that_go_together(tmp_path: Path) -> None:
    recipe = read_class(tmp_path, 'variant("v", values=disjoint_sets(("a", "b"), ("c",)))')

    assert recipe.variants[0].sets == (("none",), ("a", "b"), ("c",))


def test_a_variant_under_two_conditions_is_two(tmp_path: Path) -> None:
    recipe = read_class(
        tmp_path,
        """
        variant("v", default=True, when="@1")
        variant("v", default=False, when="@2")
        variant("v", default=False, when="@1")
        """,
    )

    assert [(one.when, one.default) for one in recipe.variants] == [
        (("@1",), False),
        (("@2",), False),
    ]


def test_dependencies(tmp_path: Path) -> None:
    recipe = read_class(
        tmp_path,
        """
        depends_on("zlib@1.2: +shared", when="@2:")
        depends_on("cmake", type="build")
        depends_on("python", "+py", ("run", "build"))
        depends_on("all-of-it", type="all")
        depends_on("small.named", type=["test"])
        """,
    )

    assert [(one.name, one.types, one.when) for one in recipe.dependencies] == [
        ("zlib", ("build", "link"), ("@2:",)),
        ("cmake", ("build",), ()),
        ("python", ("build", "run"), ("+py",)),
        ("all-of-it", ("build", "link", "run", "test"), ()),
        ("named", ("test",), ()),
    ]
    assert recipe.dependencies[0].spec == "zlib@1.2: +shared"


def test_patches_of_a_dependency_are_not_the_package_s(tmp_path: Path) -> None:
    recipe = read_class(
        tmp_path,
        """
        depends_on("zlib", patches=[patch("a.patch", when="@1"), "b.patch"])
        depends_on("hdf5", patches=patch("c.patch"))
        patch("own.patch", level=0, working_dir="src", reverse=True)
        patch("https://x.test/p.patch", sha256="aa", archive_sha256="bb", when="@3")
        """,
    )

    assert [one.source for one in recipe.dependencies[0].patches] == ["a.patch", "b.patch"]
    assert [one.source for one in recipe.dependencies[1].patches] == ["c.patch"]
    own, url = recipe.patches
    assert (own.source, own.level, own.working_dir, own.reverse) == ("own.patch", 0, "src", True)
    assert (url.sha256, url.archive_sha256, url.when) == ("aa", "bb", ("@3",))


def test_extends_is_a_dependency_too(tmp_path: Path) -> None:
    recipe = read_class(tmp_path, 'extends("python@3:", when="+py")\ndepends_on("zlib")')

    assert [(one.name, one.types, one.directive) for one in recipe.dependencies] == [
        ("zlib", ("build", "link"), "depends_on"),
        ("python", ("build", "run"), "extends"),
        ("python-venv", ("build", "run"), "extends"),
    ]
    assert [(one.name, one.when) for one in recipe.extensions] == [("python", ("+py",))]


def test_the_rest(tmp_path: Path) -> None:
    recipe = read_class(
        tmp_path,
        """
        '''First line.

        More.
        '''

        homepage = "https://x.test"
        url = "https://x.test/" + "1.tgz"
        git = "https://x.test/x.git"
        list_url = f"{homepage}/list"
        tags = ["e4s"]
        executables = ["thing"]
        has_code = False
        maintainers("bob", "alice")
        conflicts("%gcc@:4", when="+x", msg="too old")
        requires("+a", "+b", policy="any_of", when="@2", msg="one")
        provides("blas", "lapack@3:", when="+x")
        resource(name="data", url="https://x.test/d", sha256="aa", destination="d", placement="p")
        license("MIT", checked_by="bob")
        license("Apache-2.0", when="@2:")
        redistribute(source=False, when="@1")
        can_splice("other@1", when="@1", match_variants="*")

        def test_runs(self):
            pass

        @property
        def test_no(self):
            pass

        def install(self, spec, prefix):
            depends_on("never")
        """,
    )

    assert recipe.unread == ()
    assert recipe.description.startswith("First line.")
    assert (recipe.homepage, recipe.url) == ("https://x.test", "https://x.test/1.tgz")
    assert recipe.list_url == "https://x.test/list"
    assert recipe.tags == ("e4s", "detectable")
    assert not recipe.has_code
    assert recipe.maintainers == ("alice", "bob")
    assert recipe.conflicts[0].message == "too old"
    assert (recipe.requirements[0].specs, recipe.requirements[0].policy) == (
        ("+a", "+b"),
        "any_of",
    )
    assert recipe.provided[0].names == ("blas", "lapack")
    assert (recipe.resources[0].destination, recipe.resources[0].checksum) == ("d", "aa")
    assert [(one.expression, one.when) for one in recipe.licenses] == [
        ("MIT", ()),
        ("Apache-2.0", ("@2:",)),
    ]
    assert (recipe.redistributions[0].source, recipe.redistributions[0].binary) == (False, True)
    assert recipe.splices[0].match_variants == ("*",)
    assert [one.name for one in recipe.tests] == ["test_runs"]
    assert recipe.dependencies == ()


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("depends_on(3)", "not text"),
        ('depends_on("@1")', "names no package"),
        ('depends_on("a", type="bild")', "no dependency type 'bild'"),
        ('depends_on("a", "b", "build", "more")', "more arguments than it takes"),
        ('depends_on("a", spec="b")', "given twice"),
        ('variant("v")', "no default"),
        ('variant("v", default="")', "no default"),
        ('variant("v", default="a", values=3)', "cannot be listed"),
        ('depends_on("a", when=3)', "no text"),
        ("version(1.5)", "neither text nor a number"),
        ('patch("a", when=unknown)', "not known: spack.package.unknown"),
        ("build_system()", "names no build system"),
    ],
)
def test_a_directive_that_is_wrong_is_kept_with_the_reason(
    tmp_path: Path, said: str, reason: str
) -> None:
    recipe = read_class(tmp_path, f'{said}\nversion("1", sha256="a")')

    assert [one.number for one in recipe.versions] == ["1"]
    assert len(recipe.unread) == 1
    assert reason in recipe.unread[0].reason
    assert recipe.unread[0].line == 4
    assert recipe.unread[0].directive in {"variant", *said.partition("(")[:1]} | {"build_system"}


def test_what_is_not_needed_and_not_known_is_noted(tmp_path: Path) -> None:
    recipe = read_class(tmp_path, 'conflicts("%gcc", msg=unknown())')

    assert recipe.conflicts[0].spec == "%gcc"
    assert recipe.unread[0].reason.startswith("msg: ")


def test_never_is_not_said_and_always_has_no_condition(tmp_path: Path) -> None:
    recipe = read_class(
        tmp_path,
        'depends_on("a", when=False)\ndepends_on("b", when=True)\ndepends_on("c", when="")',
    )

    assert [(one.name, one.when) for one in recipe.dependencies] == [("b", ()), ("c", ())]
