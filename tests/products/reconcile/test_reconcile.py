"""Where products, recipes and stacks disagree: each rule, where it speaks and where it does not."""

from __future__ import annotations

import pytest
from tests.products.reconcile.shelf import Shelf, product, recipe, use

from peso.base.finding import Finding, Unknown
from peso.products.recipes.record import Unread
from peso.products.reconcile.reconcile import reconcile
from peso.products.reconcile.record import ProductFile, Recipes, Use
from peso.products.reconcile.record import Sides as AllSides
from peso.products.reconcile.rules import RULES


def _findings(
    *products: ProductFile, uses: tuple[Use, ...] = (), recipes: Recipes | None = None
) -> tuple[Finding, ...]:
    return reconcile(_sides(*products, uses=uses, recipes=recipes)).findings


def _sides(
    *products: ProductFile, uses: tuple[Use, ...] = (), recipes: Recipes | None = None
) -> AllSides:
    return AllSides(
        products=products,
        uses=uses,
        recipes=recipes,
        stacks=len({one.stack for one in uses}),
        e4s_stacks=len({one.stack for one in uses if one.e4s}),
    )


def _of(rule: str, findings: tuple[Finding, ...]) -> list[tuple[str, str | None]]:
    return [(one.subject, one.where) for one in findings if one.rule == rule]


HYPRE = product("Hypre", spack=("hypre",))


def test_what_agrees_gives_no_finding() -> None:
    tagged = recipe("hypre", tags=("e4s",))

    assert (
        _findings(HYPRE, uses=(use("hypre", "hypre@1.0", e4s=True),), recipes=Shelf(tagged)) == ()
    )


def test_a_package_without_recipe() -> None:
    found = _findings(product("Llvm", spack=("llvm_doe",)), recipes=Shelf(recipe("llvm-doe")))

    assert _of("package-unknown", found) == [("Llvm", "products/llvm.yaml:3")]
    assert found[0].hint == "did you mean llvm-doe?"


def test_a_virtual_package_is_no_package() -> None:
    found = _findings(product("Mpi", spack=("mpi",)), recipes=Shelf(virtuals=("mpi",)))

    assert "virtual" in found[0].message


def test_two_products_that_claim_one_package() -> None:
    other = product("Other", spack=("hypre",))

    assert _of("package-claimed-twice", _findings(HYPRE, other)) == [
        ("hypre", "products/other.yaml:3")
    ]


def test_a_product_that_names_no_package_though_one_has_its_name() -> None:
    found = _findings(product("Hypre"), recipes=Shelf(recipe("hypre")))

    assert _of("package-not-named", found) == [("Hypre", "products/hypre.yaml:2")]


def test_a_name_that_fits_several_packages_is_never_a_guess() -> None:
    shelf = Shelf(recipe("py-x", licenses=("GPL-3.0-only",)), recipe("r-x"))

    assert [one.rule for one in _findings(product("X"), recipes=shelf)] == ["match-ambiguous"]


@pytest.mark.parametrize(
    ("said", "rule"),
    [
        ("BSD-3-Clause", "license-differs"),
        ("whatever", "license-not-comparable"),
        (Unknown(unknown="blank"), "license-not-comparable"),
    ],
)
def test_a_license_that_differs_or_cannot_be_compared(said: str | Unknown, rule: str) -> None:
    one = product("Hypre", spack=("hypre",), license=said)

    assert _of(rule, _findings(one, recipes=Shelf(recipe("hypre")))) == [
        ("Hypre", "products/hypre.yaml:5")
    ]


def test_a_recipe_that_names_no_license() -> None:
    found = _findings(HYPRE, recipes=Shelf(recipe("hypre", licenses=())))

    assert _of("recipe-names-no-license", found)[0][1] == "/house/packages/hypre/package.py:7"


def test_a_license_that_could_not_be_read_is_not_missing() -> None:
    unread = (Unread(directive="license", line=8, reason="it calls a function"),)
    found = _findings(HYPRE, recipes=Shelf(recipe("hypre", licenses=(), unread=unread)))

    assert [one.rule for one in found] == ["license-not-comparable"]


def test_a_recipe_without_maintainer_or_test() -> None:
    shelf = Shelf(recipe("hypre", maintainers=(), tested=False))

    assert [one.rule for one in _findings(HYPRE, recipes=shelf)] == [
        "no-maintainer",
        "no-stand-alone-test",
    ]


def test_a_claim_to_e4s_that_no_stack_meets() -> None:
    one = product("Viskores", spack=("viskores",), e4s=("VTK-M",))
    found = _findings(one, uses=(use("vtk-m", e4s=True),))

    assert _of("e4s-claim-unmet", found) == [("Viskores", "products/viskores.yaml:4")]
    assert "vtk-m" in str(next(one.hint for one in found if one.rule == "e4s-claim-unmet"))


def test_a_claim_to_e4s_is_met_by_a_dependency_that_a_stack_names() -> None:
    one = product("Mpich", spack=("mpich",), e4s=("mpich",))
    uses = (use("app", e4s=True), use("mpich", e4s=True, root=False))

    assert _of("e4s-claim-unmet", _findings(one, uses=uses)) == []


def test_tags_and_e4s_stacks() -> None:
    shelf = Shelf(recipe("tagged", tags=("e4s",)), recipe("plain"), recipe("elsewhere"))
    uses = (use("plain", e4s=True), use("elsewhere"))

    found = _findings(uses=uses, recipes=shelf)

    assert _of("tagged-in-no-stack", found)[0][0] == "tagged"
    assert _of("in-stack-not-tagged", found) == [("plain", "stacks/s/spack.yaml:3:5")]


def test_without_an_e4s_stack_no_tag_is_judged() -> None:
    shelf = Shelf(recipe("tagged", tags=("e4s",)))

    assert _findings(uses=(use("tagged"),), recipes=shelf) == ()


@pytest.mark.parametrize(
    ("spec", "rule"),
    [
        ("hypre@9", "version-gone"),
        ("hypre@0.9", "version-deprecated"),
        ("hypre@:0", "version-deprecated"),
        ("hypre@1.0", ""),
        ("hypre@0.9:", ""),
        ("hypre@git.abc=9", ""),
        ("hypre", ""),
    ],
)
def test_versions_that_are_gone_or_deprecated(spec: str, rule: str) -> None:
    shelf = Shelf(recipe("hypre", deprecated=("0.9",)))

    found = _findings(uses=(use("hypre", spec),), recipes=shelf)

    assert [one.rule for one in found] == ([rule] if rule else [])


def test_versions_that_could_not_be_read_may_be_there() -> None:
    unread = (Unread(directive="version", line=8, reason="it calls a function"),)

    assert _findings(uses=(use("a", "a@9"),), recipes=Shelf(recipe("a", unread=unread))) == ()


def test_the_same_disagreement_in_many_places_is_said_once() -> None:
    uses = tuple(use("hypre", "hypre@9", stack=f"stacks/{one}") for one in "abc")

    found = _findings(uses=uses, recipes=Shelf(recipe("hypre")))

    assert len(found) == 1
    assert "3 stacks" in found[0].message


def test_roots_that_are_no_product_are_worth_knowing() -> None:
    found = _findings(HYPRE, uses=(use("hypre"), use("other"), use("below", root=False)))

    assert _of("in-stack-not-in-catalog", found) == [("other", "stacks/s/spack.yaml:3:5")]


def test_addresses_that_differ_are_a_note() -> None:
    links = (("Website", "https://a.org"), ("Repository", "git@github.com:a/b.git"))
    one = product("Hypre", spack=("hypre",), links=links)
    same = recipe("hypre", homepage="http://www.a.org/", git="https://github.com/A/b")
    other = recipe("hypre", homepage="https://b.org", git="https://github.com/c/d")

    assert _findings(one, recipes=Shelf(same)) == ()
    assert {one.rule for one in _findings(one, recipes=Shelf(other))} == {
        "homepage-differs",
        "repository-differs",
    }


def test_the_gravest_come_first() -> None:
    shelf = Shelf(recipe("hypre", licenses=("ISC",), maintainers=()))
    bad = product("Bad", spack=("gone",))

    assert [str(one.level) for one in _findings(HYPRE, bad, recipes=shelf)] == [
        "high",
        "medium",
        "low",
    ]


def test_what_is_not_at_hand_is_said() -> None:
    assert len(reconcile(AllSides()).not_compared) == 3
    said = " ".join(reconcile(_sides(HYPRE, uses=(use("hypre"),))).not_compared)
    assert "recipes" in said
    assert "E4S" in said


def test_every_match_says_how_it_was_made() -> None:
    assert reconcile(_sides(HYPRE)).matches == ("Hypre: hypre: the product names them",)


def test_every_rule_says_what_to_do() -> None:
    assert all(one.hint and one.title for one in RULES.values())
