"""Files become the consortium: nothing is dropped, and what nobody knows is said so."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from tests.partnerships.consortium.conftest import TODAY
from tests.products.catalogs.conftest import write

from peso.base.finding import Unknown
from peso.partnerships.consortium.bylaws import Seats
from peso.partnerships.consortium.consortium import Consortium
from peso.partnerships.consortium.making import contacts_of, plain_name
from peso.partnerships.consortium.reading import read_consortium


def _without_a_reason(value: object) -> bool:
    if isinstance(value, dict):
        return any(_without_a_reason(one) for one in value.values())
    if isinstance(value, list):
        return any(_without_a_reason(one) for one in value)
    return value is None


def test_organizations_are_of_five_kinds_and_have_their_days(consortium: Consortium) -> None:
    kinds = {one.slug: one.kind for one in consortium.organizations}
    pond, puddle = consortium.organization("pond"), consortium.organization("puddle")

    assert kinds == {
        "big-lake": "facility",
        "moss": "affiliate",
        "nets": "vendor",
        "pond": "member",
        "puddle": "former",
        "reed": "member",
    }
    assert pond
    assert puddle
    assert pond.since == date(2024, 2, 29)
    assert pond.until == Unknown(unknown="no end is on record")
    assert (puddle.since, puddle.until) == (date(2019, 5, 1), date(2020, 1, 1))
    assert pond.leads == ("Ada Frog",)


def test_nothing_is_none(consortium: Consortium) -> None:
    assert not _without_a_reason(consortium.plain())


def test_who_is_named_and_not_listed_is_there_and_says_so(consortium: Consortium) -> None:
    toad = consortium.person("cy-toad")

    assert [one.name for one in consortium.people] == ["Ada Frog", "Bo Newt", "Cy Toad"]
    assert toad
    assert isinstance(toad.affiliations[0].organization, Unknown)


def test_affiliations_have_their_days_the_newest_first(federation: Path) -> None:
    said = "schema: peso.affiliation/1\nperson: {}\norganization: {}\n"
    write(
        federation / "consortium" / "affiliations",
        {
            "ada-marsh.yaml": said.format("Ada Frog", "Marsh")
            + 'since: "2016-02-29"\nuntil: "2020-02-28"\n',
            "ada-pond.yaml": said.format("Ada Frog (Pond)", "Ponds, in full")
            + 'short: P\nsince: "2020-03-01"\n',
            "bo-bog.yaml": said.format("Bo Newt", "Bog") + 'until: "2019-12-31"\n',
            "bo-pond.yaml": said.format("Bo Newt", "Pond") + 'until: "2010-12-31"\n',
            "cy.yaml": said.format("Cy Toad", "Moss"),
            "di.yaml": said.format("Di Heron", "Marsh"),
        },
    )
    consortium = read_consortium(federation).consortium
    works = {one.name: one.affiliations for one in consortium.people}

    assert [(one.organization, str(one.since)) for one in works["Ada Frog"]] == [
        ("Ponds, in full", "2020-03-01"),
        ("Marsh", "2016-02-29"),
    ]
    assert [(one.organization, one.over(TODAY)) for one in works["Bo Newt"]] == [
        ("Pond", False),
        ("Bog", True),
        ("Pond", True),
    ]
    assert [one.organization for one in works["Cy Toad"]] == ["Moss"]
    assert [one.organization for one in works["Di Heron"]] == ["Marsh"]
    assert [one.holds(date(2020, 2, 29)) for one in works["Ada Frog"]] == [False, False]
    assert [one.holds(date(2020, 2, 28)) for one in works["Ada Frog"]] == [False, True]


def test_members_have_seats_and_affiliates_share_theirs(consortium: Consortium) -> None:
    seats = {one.organizations: one.holder for one in consortium.seats}

    assert seats == {
        ("pond",): "Ada Frog",
        ("reed",): Unknown(unknown="no representative is named"),
        ("moss",): "Cy Toad",
    }


def test_a_delegate_sits_in_for_a_time(consortium: Consortium) -> None:
    seat = next(one for one in consortium.seats if one.organizations == ("pond",))

    assert consortium.sits(seat, TODAY) == "Bo Newt"
    assert consortium.sits(seat, date(2026, 12, 1)) == "Bo Newt"
    assert consortium.sits(seat, date(2026, 12, 2)) == "Ada Frog"


def test_seats_of_affiliates_are_rounded_as_the_rules_say() -> None:
    up, down = Seats(body="SC"), Seats(body="SC", rounding="down")

    assert [up.of_affiliates(n) for n in (0, 1, 2, 5, 6)] == [0, 1, 1, 1, 2]
    assert [down.of_affiliates(n) for n in (0, 1, 4, 5, 10)] == [0, 0, 0, 1, 2]


def test_an_office_has_its_terms_the_newest_first(consortium: Consortium) -> None:
    offices = {one.name: [term.person for term in one.terms] for one in consortium.offices}

    assert offices == {"Chair": ["Ada Frog", "Cy Toad"], "Vice-Chair": [], "Secretary": []}
    vice = next(one for one in consortium.offices if one.slug == "vice-chair")
    assert isinstance(vice.current(TODAY), Unknown)


def test_stewardship_comes_from_products_and_has_days_where_a_file_says(
    consortium: Consortium,
) -> None:
    said = {one.organization: (one.name, one.until) for one in consortium.stewardships}

    assert said["pond"][0] == said["puddle"][0] == "Heron"
    assert said["puddle"][1] == date(2020, 1, 1)


def test_addresses_are_kept_apart(federation: Path) -> None:
    person = "schema: peso.person/1\nname: Di Eft\nemail: di@example.org\nhomepage: d@e.org\n"
    group = "schema: peso.working-group/1\nname: Eft\npurpose: Write to di@example.org.\n"
    write(
        federation / "consortium",
        {"people/di-eft.yaml": person, "working-groups/eft.yaml": group},
    )
    read = read_consortium(federation)

    assert "@" not in read.consortium.canonical().decode()
    assert {one.person: one.email for one in contacts_of(read.facts)}["Di Eft"] == "di@example.org"


def test_a_name_comes_without_its_affiliation() -> None:
    assert plain_name("Ada Frog (Pond, North)") == "Ada Frog"
    assert plain_name(" Ada Frog ") == "Ada Frog"


def test_what_cannot_be_read_is_said_and_the_rest_goes_on(federation: Path) -> None:
    write(
        federation / "consortium",
        {
            "liaisons/bad.yaml": "schema: peso.liaison/1\nperson: Ada\nsince: someday\n",
            "bylaws.yaml": "schema: peso.bylaws/1\nname: None\n",
        },
    )
    read = read_consortium(federation)

    assert {one.rule for one in read.findings} == {"catalog.not-a-record"}
    assert {(one.where or "").partition(":")[0] for one in read.findings} == {
        "consortium/bylaws.yaml",
        "consortium/liaisons/bad.yaml",
    }
    assert len(read.consortium.liaisons) == 1
    assert read.consortium.bylaws.name.startswith("By-laws of the Consortium")


def test_a_day_that_is_none_is_unknown_with_what_stands_there(federation: Path) -> None:
    text = (federation / "consortium/working-groups/reeds.yaml").read_text()
    write(
        federation / "consortium",
        {"working-groups/reeds.yaml": text.replace("2025-12-10", "last winter")},
    )
    group = read_consortium(federation).consortium.group("reeds")

    assert group
    assert group.charter.reviewed == Unknown(unknown="'last winter' is no day")


def test_a_workspace_without_a_consortium_has_an_empty_one(tmp_path: Path) -> None:
    read = read_consortium(tmp_path)

    assert read.files == ()
    assert read.consortium.organizations == ()
    assert read.consortium.people == ()
