from __future__ import annotations

import pytest
from tests.native_locks import Piece, lock_of

from peso.base.finding import Level, Unknown
from peso.services.assurance.bill import Need
from peso.services.assurance.identity.table import Identity
from peso.services.assurance.license_closure import (
    Claim,
    Closure,
    LicensedUnit,
    closures,
    conflicts,
    differing,
    linking_of,
)
from peso.services.assurance.policy import Conclusion, LicensesRule
from peso.services.assurance.scanning.thing import of_lock

RULE = LicensesRule(allowed=("MIT", "BSD-3-Clause", "LGPL-2.1-or-later"))


def closed(*pieces: Piece) -> tuple[Closure, ...]:
    """Return the closures of a lock, as a scan makes them."""
    thing = of_lock(lock_of(*pieces), Identity([]), form="", about="", sha256="")
    return closures(thing.roots, thing.units)


def names(closure: Closure) -> dict[str, str]:
    return {one.unit.name: one.how for one in closure.reached}


def test_what_is_linked_run_with_and_built_with_is_told_apart() -> None:
    [app] = closed(
        Piece("a", "app", root=True, needs={"l": "link", "r": "run", "b": "build"}),
        Piece("l", "lib", needs={"d": "link", "t": "build"}),
        Piece("d", "deep"),
        Piece("r", "tool", needs={"rl": "link"}),
        Piece("rl", "toollib"),
        Piece("b", "cmake", needs={"bl": "link"}),
        Piece("bl", "curl"),
        Piece("t", "perl"),
    )
    assert names(app) == {
        "app": "linked",
        "lib": "linked",
        "deep": "linked",
        "tool": "run",
        "toollib": "run",
        "cmake": "build",
        "curl": "build",
        "perl": "build",
    }


def test_what_is_reached_in_several_ways_is_what_it_is_by_the_strongest() -> None:
    [app] = closed(
        Piece("a", "app", root=True, needs={"b": "build", "l": "link"}),
        Piece("b", "cmake", needs={"z": "link"}),
        Piece("l", "lib", needs={"z": "link,run"}),
        Piece("z", "zlib", license="Zlib"),
    )
    assert names(app)["zlib"] == "linked"
    assert app.licenses("linked") == ("MIT", "Zlib")


def test_an_edge_of_unknown_kind_is_said_to_be_one() -> None:
    units = [
        LicensedUnit(
            ref="a", name="a", label="a@1", license="MIT", depends=(Need(ref="b", types=()),)
        ),
        LicensedUnit(ref="b", name="b", label="b@1", license="GPL-3.0-only"),
    ]
    found = closures(["a", "gone"], units)
    assert names(found[0]) == {"a": "linked", "b": "unsaid"}
    assert [one.message for one in conflicts(found, RULE)] == [
        "a@1 needs b@1, which is GPL-3.0-only: GPL-3.0-only is not allowed"
    ]


def test_a_conflict_is_explained_along_the_shortest_path() -> None:
    found = closed(
        Piece("a", "app", root=True, needs={"b": "link", "m": "link"}),
        Piece("b", "beta", needs={"m": "link"}),
        Piece("m", "middle", needs={"g": "link"}),
        Piece("g", "gpl", "3.0", license="GPL-3.0-only", variants={"shared": "false"}),
        Piece("o", "other", root=True, needs={"g": "link"}),
        Piece("p", "third", root=True, needs={"m": "run"}),
    )
    [finding] = conflicts(found, RULE)
    assert (finding.rule, finding.level) == ("license-conflict", Level.HIGH)
    assert finding.subject.startswith("gpl@3.0/")
    assert finding.message == (
        "other@1.0/oxxxxxx links gpl@3.0/gxxxxxx (static), which is GPL-3.0-only: "
        "GPL-3.0-only is not allowed; so do 2 other roots"
    )
    [app] = [str(one) for one in found[0].reached if one.unit.name == "gpl"]
    assert app == "app@1.0/axxxxxx links middle@1.0/mxxxxxx links gpl@3.0/gxxxxxx (static)"
    [third] = [str(one) for one in found[2].reached if one.unit.name == "gpl"]
    assert third == "third@1.0/pxxxxxx runs with middle@1.0/mxxxxxx links gpl@3.0/gxxxxxx (static)"


def test_what_only_builds_is_no_conflict() -> None:
    found = closed(
        Piece("a", "app", root=True, needs={"b": "build"}),
        Piece("b", "bison", license="GPL-3.0-only"),
    )
    assert conflicts(found, RULE) == ()


def test_one_may_choose_where_the_expression_says_or() -> None:
    root = Piece("a", "app", root=True, license="MIT OR GPL-3.0-only")
    assert conflicts(closed(root), RULE) == ()
    both = Piece("a", "app", root=True, license="MIT AND GPL-3.0-only")
    [finding] = conflicts(closed(both), RULE)
    assert finding.message == (
        "app@1.0/axxxxxx is MIT AND GPL-3.0-only: GPL-3.0-only is not allowed"
    )


def test_a_license_that_nobody_knows_is_no_yes() -> None:
    root = Piece("a", "app", root=True, license=Unknown(unknown="nobody says"))
    [finding] = conflicts(closed(root), RULE)
    assert (finding.rule, finding.level) == ("license-unknown", Level.UNKNOWN)
    assert "app@1.0/axxxxxx (nobody says)" in finding.message


def test_a_conclusion_counts_where_the_license_is_open_and_only_there() -> None:
    rule = LicensesRule(
        allowed=("MIT",),
        concluded={
            "app": Conclusion(license="MIT", reason="read"),
            "stated": Conclusion(license="MIT", reason="read"),
        },
    )
    found = closed(
        Piece("a", "app", root=True, license=Unknown(unknown="nobody says")),
        Piece("s", "stated", root=True, license="GPL-3.0-only"),
    )
    assert [one.subject for one in conflicts(found, rule)] == ["stated@1.0/sxxxxxx"]


def test_a_cycle_ends() -> None:
    [app] = closed(
        Piece("a", "app", root=True, needs={"b": "link"}), Piece("b", "b", needs={"a": "link"})
    )
    assert names(app) == {"app": "linked", "b": "linked"}


@pytest.mark.parametrize(
    ("variants", "said"),
    [
        ((("shared", "true"),), "dynamic"),
        ((("shared", "false"),), "static"),
        ((("libs", "static"),), "static"),
        ((("libs", "shared,static"),), "either"),
        ((("mpi", "true"),), "not said"),
        ((), "not said"),
    ],
)
def test_linking_is_as_the_variants_say(variants: tuple[tuple[str, str], ...], said: str) -> None:
    assert linking_of(variants) == said


def test_places_that_name_a_license_are_compared() -> None:
    claims = (
        Claim(who="recipe", license="GPL-2.0+"),
        Claim(who="catalog", license="GPL-2.0-or-later"),
        Claim(who="upstream", license="MIT"),
        Claim(who="SBOM", license=Unknown(unknown="none said")),
        Claim(who="wheel", license="see the file"),
    )
    found = [(one.rule, one.message) for one in differing("hypre", claims)]
    assert ("license-differs", "the recipe says GPL-2.0+, the upstream MIT") in found
    assert ("license-differs", "the catalog says GPL-2.0-or-later, the upstream MIT") in found
    assert {rule for rule, said in found if "wheel" in said} == {"license-not-comparable"}
    assert not [
        said for _, said in found if "SBOM" in said or "recipe says GPL-2.0+, the cat" in said
    ]
