"""A small federation of our own invention, with something in every kind of file."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from tests.products.catalogs.conftest import shared_data, write

from peso.partnerships.consortium.consortium import Consortium
from peso.partnerships.consortium.reading import read_consortium

__all__ = ["shared_data"]

TODAY = date(2026, 11, 26)
POND = """\
schema: peso.member/1
short_name: POND
name: Ponds of the North
level: core
website: https://example.org/pond
leads: [Ada Frog (Pond)]
representatives: [Ada Frog]
focus_area: Water
joined: "2024-02-29"
"""
PERSON = """\
schema: peso.person/1
name: {name}
affiliation: Pond
short_affiliation: P
email: {mail}@example.org
homepage: https://example.org/{mail}
"""
GROUP = """\
schema: peso.working-group/1
name: Reeds
description: About reeds
chairs: [Ada Frog]
meeting_schedule: At dusk, each first Tuesday
purpose: Reeds grow.
lifetime: Standing
membership: Open
reporting: Quarterly
status: Active
status_date: "2025-12-10"
"""
FILES = {
    "members/pond.yaml": POND,
    "members/reed.yaml": (
        "schema: peso.member/1\nshort_name: REED\nname: Reed beds\nlevel: core\nleads: [Bo Newt]\n"
    ),
    "members/moss.yaml": "schema: peso.member/1\nshort_name: MOSS\nname: Mosses\n"
    "level: affiliate\nrepresentatives: [Cy Toad]\n",
    "members/puddle.yaml": "schema: peso.member/1\nshort_name: PUDDLE\nname: Dried up\n"
    'level: former\njoined: "2019-05-01"\nleft: "2020-01-01"\n',
    "people/ada-frog.yaml": PERSON.format(name="Ada Frog", mail="ada"),
    "people/bo-newt.yaml": PERSON.format(name="Bo Newt", mail="bo"),
    "affiliations/ada-marsh.yaml": "schema: peso.affiliation/1\nperson: Ada Frog\n"
    'organization: Marsh\nsince: "2016-02-29"\nuntil: "2020-02-28"\n',
    "officers/chair.yaml": "schema: peso.officer/1\nposition: Chair\nname: Ada Frog\n"
    'elected: "2025-10-14"\n',
    "working-groups/reeds.yaml": GROUP,
    "working-groups/roots.yaml": "schema: peso.working-group/1\nname: Roots\n",
    "terms.yaml": "schema: peso.terms/1\nofficers: 365\n"
    "working_groups: {provisional: 182, active: 365}\n",
    "organizations/big-lake.yaml": "schema: peso.organization/1\nshort_name: LAKE\n"
    "name: Big Lake\nkind: facility\n",
    "organizations/nets.yaml": "schema: peso.organization/1\nshort_name: Nets\nkind: vendor\n",
    "liaisons/bo-lake.yaml": "schema: peso.liaison/1\nperson: Bo Newt\norganization: reed\n"
    'to: big-lake\ntarget: facility\ntopic: Water level\nsince: "2026-01-01"\n',
    "delegations/ada-bo.yaml": "schema: peso.delegation/1\nbody: Steering Committee\n"
    "organization: pond\ngiver: Ada Frog\nto: Bo Newt\n"
    'since: "2026-11-01"\nuntil: "2026-12-01"\n',
    "terms/chair-2024.yaml": "schema: peso.term/1\noffice: Chair\nperson: Cy Toad\n"
    'since: "2024-10-07"\nuntil: "2025-10-13"\n',
    "terms/seat-2024.yaml": "schema: peso.term/1\nbody: Steering Committee\norganization: pond\n"
    'person: Bo Newt\nsince: "2024-02-29"\nuntil: "2025-02-28"\n',
    "stewardships/heron-puddle.yaml": "schema: peso.stewardship/1\nproduct: heron\n"
    'organization: puddle\nsince: "2019-05-01"\nuntil: "2020-01-01"\n',
}
HERON = "schema: peso.product/1\nname: Heron\nmembers: [POND]\n"


def write_federation(folder: Path) -> Path:
    """Write the files of the federation into a workspace."""
    write(folder / "consortium", FILES)
    write(folder / "products", {"heron.yaml": HERON})
    return folder


@pytest.fixture
def federation(tmp_path: Path) -> Path:
    """A workspace with the small federation."""
    return write_federation(tmp_path / "house")


@pytest.fixture
def consortium(federation: Path) -> Consortium:
    """The small federation, read."""
    return read_consortium(federation).consortium
