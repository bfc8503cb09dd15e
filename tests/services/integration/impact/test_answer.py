"""What a change touches: recipes by kind, always or perhaps, and by which chain."""

from __future__ import annotations

import pytest
from tests.services.integration.impact.house import Fake

from peso.errors import BadInput
from peso.products.claims import Claim
from peso.services.integration.impact.answer import impact_of
from peso.services.integration.impact.graph import build_graph
from peso.services.integration.impact.record import Impact, Kind

FAKE = Fake()
GRAPH = build_graph(FAKE)


def _impact(asked: str, fake: Fake = FAKE, claims: tuple[Claim, ...] = ()) -> Impact:
    return impact_of(asked, build_graph(fake), fake, claims=claims)


def _kinds(impact: Impact) -> dict[str, tuple[Kind, bool]]:
    return {one.name: (one.kind, one.always) for one in impact.recipes}


def test_each_recipe_is_under_the_strongest_kind_by_which_the_change_arrives() -> None:
    assert _kinds(_impact("zlib")) == {
        "cmake": (Kind.LINK, True),
        "old": (Kind.LINK, True),
        "mpich": (Kind.LINK, False),  # +compress
        "hdf5": (Kind.LINK, False),  # zlib-ng may be taken
        "app": (Kind.LINK, False),
        "tool": (Kind.RUN, False),
        "checker": (Kind.TEST, False),
    }


def test_a_path_that_only_builds_is_told_apart_from_one_that_links() -> None:
    assert _kinds(_impact("cmake")) == {"app": (Kind.BUILD, True), "tool": (Kind.BUILD, True)}


def test_the_chain_is_the_shortest_and_names_conditions_and_providers() -> None:
    found = {one.name: one for one in _impact("mpich").recipes}

    first, second = found["app"].chain
    assert (first.name, first.on, first.when, first.provider) == ("app", "hdf5", "", "")
    assert (second.name, second.on, second.when) == ("hdf5", "mpi", "+mpi")
    assert (second.provider, second.choice) == ("mpich", True)
    assert found["hdf5"].direct
    assert not found["app"].direct


def test_a_virtual_package_can_be_asked_for() -> None:
    assert set(_kinds(_impact("zlib-api"))) == {"hdf5", "app", "tool", "checker"}


def test_a_virtual_package_is_no_recipe_that_is_touched() -> None:
    impact = _impact("zlib")

    assert impact.provides == ("zlib-api",)
    assert "zlib-api" not in _kinds(impact)


def test_a_version_concerns_only_those_whose_constraints_admit_it() -> None:
    newer, older = _impact("zlib@1.3.1"), _impact("zlib@1.2.13")

    assert "old" not in _kinds(newer)
    assert [(one.name, one.asks) for one in newer.excluded] == [("old", ("zlib@:1.2",))]
    assert "old" in _kinds(older)
    assert not older.excluded


def test_a_version_counts_through_what_it_provides() -> None:
    assert "hdf5" in _kinds(_impact("openmpi@1.0"))


def test_a_version_that_the_recipe_does_not_have_is_answered_and_said() -> None:
    assert any("no version 1.4" in note for note in _impact("zlib@1.4").notes)


def test_an_unknown_name_is_an_error_that_names_what_is_near() -> None:
    with pytest.raises(BadInput, match="no recipe 'zlibb'") as caught:
        _impact("zlibb")
    assert "zlib" in (caught.value.hint or "")


@pytest.mark.parametrize("asked", ["zlib@", "zlib@1.2 +shared", "zlib@^x"])
def test_what_is_no_version_is_an_error(asked: str) -> None:
    if asked.endswith("@"):
        assert not _impact(asked).version
    else:
        with pytest.raises(BadInput, match="no version"):
            _impact(asked)


def test_recipes_that_were_not_read_whole_are_said() -> None:
    said = _impact("zlib", Fake(incomplete=frozenset(("alone", "hdf5")))).unknown

    assert len(said) == 1
    assert "1 recipes" in said[0]
    assert "alone" in said[0]


def test_products_are_touched_by_their_packages_and_members_with_them() -> None:
    claims = (
        Claim(file="products/a.yaml", name="App", spack=("tool", "app"), members=("M1",)),
        Claim(file="products/z.yaml", name="Zlib", spack=("zlib",), members=("M2",)),
        Claim(file="products/n.yaml", name="Nothing", spack=("alone",), members=("M3",)),
    )

    impact = _impact("zlib", claims=claims)

    assert [(one.name, one.package, one.kind) for one in impact.products] == [
        ("Zlib", "zlib", Kind.LINK),
        ("App", "app", Kind.LINK),
    ]
    assert impact.members == ("M1", "M2")


def test_counts_come_first_in_the_document() -> None:
    plain = _impact("cmake").plain()

    assert list(plain)[:4] == ["name", "version", "provides", "counts"]
    counts = plain["counts"]
    assert isinstance(counts, dict)
    assert counts["recipes"]["build"] == {"all": 2, "always": 2}
    assert counts["direct"]["all"] == 1


def test_a_circle_of_dependencies_ends() -> None:
    from tests.services.integration.impact.house import LINK, recipe  # noqa: PLC0415

    circle = (recipe("a", ("b", LINK)), recipe("b", ("a", LINK)))

    assert set(_kinds(_impact("a", Fake(circle)))) == {"b"}
