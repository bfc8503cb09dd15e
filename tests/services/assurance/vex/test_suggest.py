from __future__ import annotations

from collections.abc import Mapping

import pytest
from tests.native_locks import OPENMPI, Piece, full, lock_of

from peso.base.digest import sha256_bytes
from peso.base.finding import Finding, Level, Unknown
from peso.products.engines.native import NativeUnit
from peso.products.recipes.record import Dependency, Patch, Recipe, Variant
from peso.services.assurance.vex.patched import ids_in, mended
from peso.services.assurance.vex.suggest import Suggested, suggest

RECIPE = """\
class Zip(Package):
    # Mend a name
    # CVE-2020-1111, and cve_2020_2222 too
    patch("https://patches.invalid/one.patch", sha256="{one}")
    # nothing said here
    patch(
        "https://patches.invalid/two.patch",
        sha256="{two}",
    )

    patch("https://patches.invalid/three.patch", sha256="{three}")
    patch("fix-cve-2021-3333.patch")
    # CVE-2022-4444
    version("1.0")
    patch("https://patches.invalid/five.patch", sha256="{five}")
"""
LOCAL = b"--- a\n+++ b\n"
SHA = {name: sha256_bytes(name.encode()) for name in ("one", "two", "three", "five")}
SHA["four"] = sha256_bytes(LOCAL)


def recipe(**changes: object) -> Recipe:
    made: dict[str, object] = {
        "name": "zip",
        "namespace": "builtin",
        "repository": "here",
        "path": "packages/zip/package.py",
        "digest": "",
        "class_name": "Zip",
        "line": 1,
        "patches": (
            Patch(line=4, source="https://patches.invalid/one.patch", sha256=SHA["one"]),
            Patch(line=6, source="https://patches.invalid/two.patch", sha256=SHA["two"]),
            Patch(line=11, source="https://patches.invalid/three.patch", sha256=SHA["three"]),
            Patch(line=12, source="fix-cve-2021-3333.patch"),
            Patch(line=15, source="https://patches.invalid/five.patch", sha256=SHA["five"]),
        ),
        **changes,
    }
    return Recipe(**made)  # type: ignore[arg-type]


def beside(_recipe: Recipe, name: str) -> bytes | None:
    files = {"": RECIPE.format(**SHA).encode(), "fix-cve-2021-3333.patch": LOCAL}
    return files.get(name)


def asked(
    *pieces: Piece,
    found: tuple[Finding, ...] = (),
    recipes: Mapping[str, Recipe] | None = None,
) -> Suggested:
    known = {"zip": recipe()} if recipes is None else recipes

    def recipe_of(unit: NativeUnit) -> Recipe | Unknown:
        return known.get(unit.name) or Unknown(unknown="no recipe of it is at hand")

    return suggest(lock_of(*pieces), found, recipe_of, beside, target="lock")


def purl(name: str, word: str) -> str:
    return f"pkg:generic/{name}@1.0?spack_hash={full(word)}"


def finding(subject: str, rule: str = "CVE-2020-1111", message: str = "broken") -> Finding:
    said = f"{message}; said by {rule} (ours)"
    return Finding(rule=rule, level=Level.HIGH, subject=subject, message=said, aliases=("OSV-9",))


def test_ids_in_their_many_forms() -> None:
    assert ids_in("x-cve-2014-8139.patch CVE_2020_12345 CVE 2021-1234 CVE-14-1") == (
        "CVE-2014-8139",
        "CVE-2020-12345",
        "CVE-2021-1234",
    )


def test_which_patches_a_recipe_says_mend_what() -> None:
    said = [(one.ids, one.where, one.digests) for one in mended(recipe(), beside)]
    both = ("CVE-2020-1111", "CVE-2020-2222")
    place = "packages/zip/package.py"
    assert said == [
        (both, f"{place}:3", frozenset({SHA["one"]})),
        # the nearest comment that names one is above the patch before; the empty line ends it
        (both, f"{place}:3", frozenset({SHA["two"]})),
        (("CVE-2021-3333",), f"{place}:12", frozenset({SHA["four"]})),
    ]


def test_a_recipe_that_is_not_there_or_no_python_names_nothing() -> None:
    assert [one.ids for one in mended(recipe(), lambda _recipe, _name: None)] == [
        ("CVE-2021-3333",)
    ]
    assert len(mended(recipe(), lambda _recipe, name: b"def (" if not name else None)) == 1


@pytest.mark.parametrize(
    ("patches", "expected"),
    [
        ((), []),
        (("0" * 64,), []),
        ((SHA["one"],), ["CVE-2020-1111", "CVE-2020-2222"]),
        ((SHA["four"],), ["CVE-2021-3333"]),
        ((SHA["three"], SHA["five"]), []),
    ],
)
def test_a_patch_counts_only_where_the_lock_names_it(
    patches: tuple[str, ...], expected: list[str]
) -> None:
    told = asked(Piece("z", "zip", root=True, patches=patches))
    assert [one.vulnerability for one in told.suggestions] == expected
    for one in told.suggestions:
        assert (one.status, one.justification, one.ground) == ("fixed", "", "patch")
        assert (one.subject, one.found) == (purl("zip", "z"), False)
        assert "packages/zip/package.py:" in one.evidence[0]
        assert "the lock names this patch" in one.evidence[1]


def test_a_patch_answers_a_finding_under_any_of_its_ids() -> None:
    seen = finding(purl("zip", "z"), rule="OSV-1").model_copy(
        update={"aliases": ("CVE-2021-3333",)}
    )
    told = asked(Piece("z", "zip", root=True, patches=(SHA["four"],)), found=(seen,))
    [one] = told.suggestions
    assert (one.vulnerability, one.aliases, one.found) == ("CVE-2021-3333", ("OSV-1",), True)


def test_what_only_builds_is_not_present_in_what_is_shipped() -> None:
    pieces = (Piece("r", "root", needs={"z": "build"}, root=True), Piece("z", "zip"))
    told = asked(*pieces, found=(finding(purl("zip", "z")),))
    [one] = told.suggestions
    assert (one.ground, one.justification) == ("build-only", "component_not_present")
    shipped = (Piece("r", "root", needs={"z": "link"}, root=True), Piece("z", "zip"))
    assert asked(*shipped, found=(finding(purl("zip", "z")),)).suggestions == ()


WITH_VARIANTS = recipe(
    patches=(),
    variants=(
        Variant(line=7, name="ssl", default=True),
        Variant(line=8, name="shared", default=True),
        Variant(line=9, name="fast", default=True),
    ),
    dependencies=(
        Dependency(line=10, name="libssh2", spec="libssh2", types=("link",), when=("+fast",)),
    ),
)


@pytest.mark.parametrize(
    ("variants", "message", "said"),
    [
        ({"ssl": "false"}, "The SSL layer breaks", "variant ssl, which is off"),
        ({"ssl": "true"}, "The SSL layer breaks", ""),
        ({"ssl": "false"}, "Opensslish things break", ""),
        ({"shared": "false"}, "A shared library breaks", ""),
        ({"fast": "false"}, "Host keys of libssh2 are taken", "libssh2 is needed only with +fast"),
        ({"fast": "true"}, "Host keys of libssh2 are taken", ""),
    ],
)
def test_a_variant_that_is_off_and_named_in_the_summary(
    variants: dict[str, str], message: str, said: str
) -> None:
    told = asked(
        Piece("z", "zip", root=True, variants=variants),
        found=(finding(purl("zip", "z"), message=message),),
        recipes={"zip": WITH_VARIANTS},
    )
    if not said:
        assert told.suggestions == ()
        return
    [one] = told.suggestions
    assert (one.ground, one.justification) == ("variant", "vulnerable_code_not_present")
    assert any(said in text for text in one.evidence)
    assert any(message in text for text in one.evidence)


def test_the_witnesses_of_a_finding_are_not_its_summary() -> None:
    seen = finding(purl("zip", "z"), rule="SSL-1", message="something breaks")
    told = asked(
        Piece("z", "zip", root=True, variants={"ssl": "false"}),
        found=(seen,),
        recipes={"zip": WITH_VARIANTS},
    )
    assert told.suggestions == ()


def test_the_firmest_ground_comes_first_and_once() -> None:
    pieces = (
        Piece("r", "root", needs={"z": "build"}, root=True),
        Piece("z", "zip", patches=(SHA["one"],)),
    )
    told = asked(*pieces, found=(finding(purl("zip", "z")),))
    assert [(one.vulnerability, one.ground) for one in told.suggestions] == [
        ("CVE-2020-1111", "patch"),
        ("CVE-2020-2222", "patch"),
    ]


def test_units_without_a_recipe_are_named_and_externals_are_left_alone() -> None:
    told = asked(
        Piece("z", "zip", root=True),
        Piece("m", "openmpi", external=OPENMPI, root=True),
        recipes={},
    )
    assert told.unread == (f"zip@1.0/{full('z')[:7]}: no recipe of it is at hand",)
