"""The rest of the consortium's catalog: organization, groups, events, stories, badges."""

from __future__ import annotations

import json

import pytest
from tests.products.catalogs.conftest import EVENT, FILES, GROUP, ORGANIZATION

from peso.base.finding import Unknown
from peso.base.record import Record
from peso.products.catalogs.cass.catalog import read_cass, wanted
from peso.products.catalogs.consortium import Event, Member, Person, Story, Terms, WorkingGroup
from peso.products.catalogs.entry import Tree


def _read(**changed: str | None) -> tuple[dict[str, Record], list[str]]:
    names = {name.rpartition("/")[2].partition(".")[0].replace("-", "_"): name for name in FILES}
    files = {**FILES, **{names[name]: text for name, text in changed.items() if text}}
    for name, text in changed.items():
        if text is None:
            del files[names[name]]
    tree = Tree(files={path: text.encode() for path, text in files.items()})
    reading = read_cass(tree, "")
    found = [f"{one.where} {one.rule.removeprefix('catalog.')}" for one in reading.findings]
    return {entry.path: entry.record for entry in reading.entries}, found


def test_a_member_has_its_leads_and_representatives() -> None:
    member = _read()[0]["consortium/members/pond.yaml"]

    assert isinstance(member, Member)
    assert (member.level, member.leads, member.representatives) == (
        "core",
        ("Ada Frog",),
        ("Ada Frog",),
    )
    assert member.sources["cass"].lines["level"] == 9


def test_terms_are_numbers_and_what_else_there_is_is_kept() -> None:
    entries, found = _read(organization=f"{ORGANIZATION}motto: Croak\n")
    terms = entries["consortium/terms.yaml"]

    assert isinstance(terms, Terms)
    assert (terms.officers, terms.working_groups) == (365, {"provisional": 182})
    assert terms.kept == {"motto": "Croak"}
    assert "_data/organization.yml:21 key-unknown" in found


def test_history_in_comments_is_found_once_where_it_starts() -> None:
    assert [one for one in _read()[1] if "history" in one] == [
        "_data/organization.yml:3 history-in-comments"
    ]


def test_a_misspelt_key_of_a_person_is_kept() -> None:
    person = _read()[0]["consortium/people/bo-newt.yaml"]

    assert isinstance(person, Person)
    assert person.affiliation == Unknown(unknown="the catalog does not say")
    assert person.kept == {"affilitation": "Ditch"}


@pytest.mark.parametrize(
    ("was", "now", "found"),
    [
        ("level: core", "level: corr", "_data/organization.yml:9 unknown-status"),
        ("      - Ada Frog", "      - Ada Toad", "_data/organization.yml:10 unknown-person"),
        ("    name: Ada Frog", "    name: Ada Toad", "_data/organization.yml:16 unknown-person"),
        ("  - short_name: POND\n    name", "  - name", "_data/organization.yml:6 name-missing"),
        ("members:", "members: 1\nmore:", "_data/organization.yml:2 wrong-shape"),
        ("officers:\n", "officers:\n  - just text\n", "_data/organization.yml:15 unreadable"),
    ],
)
def test_a_fault_of_the_organization_is_found(was: str, now: str, found: str) -> None:
    assert was in ORGANIZATION

    assert found in _read(organization=ORGANIZATION.replace(was, now))[1]


def test_a_group_has_its_charter() -> None:
    group = _read()[0]["consortium/working-groups/reeds.yaml"]

    assert isinstance(group, WorkingGroup)
    assert (group.status, group.status_date, group.chairs) == (
        "Active",
        "2026-02-03",
        ("Ada Frog",),
    )
    assert group.body == "Text below."


def test_a_group_in_the_templates_form_is_read_too() -> None:
    lines = [line.removeprefix("  ") for line in GROUP.splitlines() if line != "charter:"]
    text = "\n".join(lines).replace("- Ada Frog", "- name: Ada Frog")
    entries, found = _read(reeds=text)
    group = entries["consortium/working-groups/reeds.yaml"]

    assert isinstance(group, WorkingGroup)
    assert (group.status, group.chairs) == ("Active", ("Ada Frog",))
    assert len([one for one in found if one.endswith("template-form")]) == 7


@pytest.mark.parametrize(
    ("was", "now", "found"),
    [
        ("- Ada Frog", "- Ada Toad", "_working-groups/reeds.md:12 unknown-person"),
        ("- Ada Frog", "- Bo Newt", "_working-groups/reeds.md:12 person-without-email"),
        ("- Ada Frog", "- [Ada]", "_working-groups/reeds.md:12 wrong-shape"),
        ("\n  - Ada Frog", " Ada Frog", "_working-groups/reeds.md:11 not-a-list"),
        ("status: Active", "status: Busy", "_working-groups/reeds.md:9 unknown-status"),
        ("2026-02-03", "Feb 3", "_working-groups/reeds.md:10 date"),
        ("name: Reeds", "name:", "_working-groups/reeds.md:2 blank"),
    ],
)
def test_a_fault_of_a_group_is_found(was: str, now: str, found: str) -> None:
    assert was in GROUP

    assert found in _read(reeds=GROUP.replace(was, now))[1]


def test_a_charter_that_is_text_is_kept() -> None:
    text = GROUP.partition("charter:")[0] + "charter: See the wiki\nchair: [Ada Frog]\n---\n"
    entries, found = _read(reeds=text)
    group = entries["consortium/working-groups/reeds.yaml"]

    assert isinstance(group, WorkingGroup)
    assert "See the wiki" in group.kept.values()
    assert "_working-groups/reeds.md:4 wrong-shape" in found


def test_an_event_keeps_people_with_their_roles_and_the_time_as_written() -> None:
    event = _read()[0]["consortium/events/evenings/croak.yaml"]

    assert isinstance(event, Event)
    assert (event.start, event.time) == ("2026-05-06", "8:00 pm - 9:00 pm CET")
    assert [(one.name, one.role, one.kept) for one in event.people] == [
        ("Bo Newt", "presenter", {"affiliaiton": "Ditch"}),
        ("Ada Frog", "moderator", {}),
    ]
    assert [one.label for one in event.materials] == ["Slides"]
    assert event.body == "Come all."


@pytest.mark.parametrize(
    ("was", "now", "found"),
    [
        ('"2026-05-06"', "May 6", "_events/evenings/croak.md:6 date"),
        ("  - POND", "  - LAKE", "_events/evenings/croak.md:10 unknown-member"),
        ('title: "Croak: an evening"\n', "", "_events/evenings/croak.md:1 name-missing"),
        ("artifacts:", "artefacts:", "_events/evenings/croak.md:18 key-misspelt"),
    ],
)
def test_a_fault_of_an_event_is_found(was: str, now: str, found: str) -> None:
    assert was in EVENT

    assert found in _read(croak=EVENT.replace(was, now))[1]


def test_a_story_names_products_of_the_catalog() -> None:
    entries, found = _read(fed=FILES["_impacts/fed.md"].replace("- Heron", "- Hero"))
    story = entries["consortium/stories/fed.yaml"]

    assert isinstance(story, Story)
    assert (story.products, story.date) == (("Hero",), "2026-03-04")
    assert "_impacts/fed.md:6 unknown-product" in found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("{", "_data/openssf/77.json:1 unreadable"),
        ("[]", "_data/openssf/77.json:1 unreadable"),
        ('{"id": "77"}', "_data/openssf/77.json:1 unreadable"),
        (json.dumps({"id": 78}), "_data/openssf/77.json:1 badge-misnamed"),
        ("[" * 100_000, "_data/openssf/77.json:1 unreadable"),
        (None, "_software/heron.md:19 badge-not-at-hand"),
    ],
)
def test_a_fault_of_a_badge_is_found(text: str | None, found: str) -> None:
    assert found in _read(**{"77": text})[1]


def test_two_files_for_one_slug_are_both_kept() -> None:
    tree = Tree(
        files={
            "_software/Heron.md": FILES["_software/heron.md"].encode(),
            "_software/heron.md": FILES["_software/heron.md"].encode(),
        }
    )
    reading = read_cass(tree, "")

    assert [one.path for one in reading.entries] == ["products/heron.yaml", "products/heron-2.yaml"]
    assert "catalog.same-slug" in [one.rule for one in reading.findings]


def test_without_vocabularies_nothing_is_compared() -> None:
    tree = Tree(files={"_software/heron.md": FILES["_software/heron.md"].encode()})

    assert [one.rule for one in read_cass(tree, "").findings] == ["catalog.badge-not-at-hand"]


def test_what_is_wanted_of_a_checkout() -> None:
    assert wanted("_software/a.md")
    assert not wanted("assets/a.png")
    assert not wanted("_data/.git/x")
