"""A small catalog of our own invention, in the consortium's format, and a workspace for it."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

HERON = """\
---
# Comments of the template stay.
name: Heron
areas:
  - Wading birds
  - Fishing
cass_members:
  - POND   # the first steward
description: Stands still until it does not
long_description: |
  Heron waits.\x20\x20
  Then it strikes.
target_audience: |
  Whoever has fish.
#
# license
#
license_spdx: "BSD-3-Clause"
openssf_bestpractices_id: 77
foundation_membership: Marsh Foundation
e4s_product: HERON
spack_name: heron

additional_resource_links:
  - label: Repository
    url: https://example.org/heron
  # - label: Website
  - label: Documentation
    url: https://example.org/heron/docs
    note: (latest)
developer_resource_links:
  - label: Chat
    url: https://example.org/chat
---
"""
STORK = """\
---
name: Stork
areas: [Wading birds]
cass_members: [POND]
description: Carries things
long_description: Carries things over roofs
target_audience: Roofs
license_spdx: MIT
openssf_bestpractices_id:
e4s_product:
spack_name:
  - stork
  - stork-tools
nest: chimney
additional_resource_links:
  - {label: Repository, url: 'https://example.org/stork'}
---
"""
ORGANIZATION = """\
# Who is in
members:
  # Left 2020-01-01
  # - short_name: PUDDLE
  #   name: Dried up
  - short_name: POND
    name: Ponds of the North
    website: https://example.org/pond
    membership_level: core
    leads:
      - Ada Frog
    sc_reps: [Ada Frog]
    focus_area: Water
officers:
  - position: Chair
    name: Ada Frog
    elected: 2026-01-02
officers_term: 365 # days
wg_reviews:
  provisional: 182
"""
PEOPLE = """\
Ada Frog:
  affiliation: Pond
  short_affil: P
  email: ada@example.org

Bo Newt:
  affilitation: Ditch
"""
FOUNDATIONS = "Marsh Foundation:\n  short: MF\n  url: https://example.org/mf\n"
AREAS = "Wading birds:\n  description: Long legs\nFishing:\n  description: Of all kinds\n"
GROUP = """\
---
name: Reeds
description: About reeds
charter:
  purpose: Reeds
  lifetime: Standing
  membership: Open
  reporting: Quarterly
  status: Active
  status_date: 2026-02-03
chair:
  - Ada Frog
meeting_schedule: At dusk
---
Text below.
"""
EVENT = """\
---
title: "Croak: an evening"
type: Webinar
series:
  - Evenings
startdate: "2026-05-06"
time: "8:00 pm - 9:00 pm CET"
location: Online
activities:
  - POND
  - Reeds
presenters:
  - name: Bo Newt\t
    affiliaiton: Ditch
moderators:
  - name: Ada Frog
    affiliation: Pond
artifacts:
  - label: Slides
    url: https://example.org/slides.pdf
---
Come all.
"""
STORY = """\
---
title: How a heron was fed
date: 2026-03-04
authors: [Ada Frog]
software_mentioned:
  - Heron
---
It was fed.
"""
BADGE = {
    "id": 77,
    "name": "Heron",
    "badge_level": "passing",
    "badge_percentage_0": 100,
    "badge_percentage_1": 12,
    "badge_percentage_baseline_1": 40,
    "updated_at": "2026-01-01T00:00:00Z",
}
FILES = {
    "_software/heron.md": HERON,
    "_software/stork.md": STORK,
    "_software/README.md": "Read me.\n",
    "_software/TEMPLATE.md": "---\nname:\n---\n",
    "_data/organization.yml": ORGANIZATION,
    "_data/people.yml": PEOPLE,
    "_data/foundations.yml": FOUNDATIONS,
    "_data/sw-areas.yml": AREAS,
    "_data/openssf/77.json": json.dumps(BADGE),
    "_data/icon-map.yml": "- label: Website\n",
    "_working-groups/reeds.md": GROUP,
    "_events/evenings/croak.md": EVENT,
    "_impacts/fed.md": STORY,
}


def write(folder: Path, files: dict[str, str]) -> Path:
    """Write files below a folder, byte for byte."""
    for path, text in files.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode())
    return folder


@pytest.fixture
def ponds(tmp_path: Path) -> Path:
    """The small catalog."""
    return write(tmp_path / "ponds", FILES)


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """An empty workspace."""
    folder = tmp_path / "workspace"
    folder.mkdir()
    return folder


@pytest.fixture
def e4s(tmp_path: Path) -> Path:
    """A small product list in E4S's format, with environments."""
    return write(
        tmp_path / "e4s",
        {
            "data/e4s_products.yaml": (
                "- version: 0.1.0\n"
                "# a comment\n"
                "- repo_url: https://example.org/birds/heron\n"
                "- repo_url: https://example.org/birds/gull/blob/master\n"
                "- repo_url: https://example.org/birds/tern\n"
            ),
            "data/heron/e4s.yaml": (
                "- e4s_product: heron\n  docs: [README.md, {doc: LICENSE, chars: 40}]\n"
                '  Area: "Birds"\n  Description: "A bird."\n  MemberProduct: True\n'
            ),
            "data/gull/e4s.yaml": (
                "- e4s_product: gull\n  spack_name: py-gull\n  docs: [README]\n  area: Birds\n"
                "  description: Another bird\n  Colour: white\n"
            ),
            "_data/product-catalog.yml": (
                "- name: gull\n  area: Birds\n  description: From the site\n"
                "  html_blob: PGI+\n  last_updated: 2026-01-01\n"
                "- name: owl\n  area: Night\n  description: Only here\n"
            ),
            "environments/x86_64/cpu/spack.yaml": (
                "spack:\n  specs:\n  - heron +wings\n# - bolt\n  - stork@1.2\n  - plover\n"
            ),
            "environments/x86_64/_config/packages.yaml": "packages: {}\n",
        },
    )


@pytest.fixture
def shared_data() -> Path:
    """Return the folder of real inputs beside the checkout; skip, saying so, without it.

    `PESO_SHARED_DATA` names it where it is elsewhere.
    """
    beside = Path(__file__).parents[4] / "shared" / "data"
    folder = Path(os.environ.get("PESO_SHARED_DATA", beside))
    if not folder.is_dir():
        pytest.skip(f"the real inputs are not at {folder}")
    return folder
