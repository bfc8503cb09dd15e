"""Proposals: joined by address only, with why, and applied to nothing."""

from __future__ import annotations

from pathlib import Path

import yaml
from tests.services.assurance.identity.made import entry, recipe, version

from peso.services.assurance.identity.keys import SubjectKey
from peso.services.assurance.identity.known import Claimed
from peso.services.assurance.identity.propose import as_yaml, candidates
from peso.services.assurance.identity.table import Identity
from peso.services.assurance.identity.written import read_written

NEST = "github.com/heron/nest"
EMPTY = Identity([])


def _claim(key: str, address: str = NEST) -> Claimed:
    space, _, name = key.partition(" ")
    return Claimed(SubjectKey(space, name), address, "list")


def test_a_recipe_is_joined_by_git_homepage_and_url() -> None:
    for said in (
        {"git": "https://github.com/heron/nest"},
        {"git": "", "homepage": "https://github.com/Heron/nest"},
        {"git": "", "url": "https://github.com/heron/nest/archive/v1.tar.gz"},
    ):
        (found,) = candidates([recipe(**said)], EMPTY, [_claim("CPE heron:heron")])
        assert [one.key for one in found.proposed] == ["CPE heron:heron"]
        assert NEST in found.proposed[0].why


def test_a_package_of_pypi_is_joined_by_its_source_there() -> None:
    its = recipe("py-heron", git="", pypi="Heron/heron-1.tar.gz")

    (found,) = candidates([its], EMPTY, [_claim("CPE a:heron", "pypi.org/project/heron")])

    assert found.pypi == "heron"
    assert [one.key for one in found.proposed] == ["CPE a:heron"]


def test_a_name_alone_joins_nothing() -> None:
    claims = [
        _claim("CPE heron:heron", "github.com/stork/heron"),
        _claim("npm heron", "x.example/y"),
    ]

    assert candidates([recipe()], EMPTY, claims) == ()


def test_what_the_table_has_or_refuses_is_not_proposed_again() -> None:
    one = entry(
        upstream="https://github.com/heron/nest",
        cpe=["heron:heron"],
        never={"CPE bird:heron": "another bird of that name"},
    )
    claims = [_claim("CPE heron:heron"), _claim("CPE bird:heron")]
    its = recipe(git="https://github.com/heron/nest")

    assert candidates([its], Identity([one]), claims) == ()
    (found,) = candidates([its], Identity([one]), [*claims, _claim("CPE new:heron")])
    assert found.reviewed
    assert [one.key for one in found.proposed] == ["CPE new:heron"]


def test_doubts_are_said() -> None:
    its = [recipe(f"heron-{one}", git="https://github.com/heron/nest") for one in range(4)]

    found = candidates(its, EMPTY, [_claim("CPE heron:heron"), _claim("CPE heron:egg")])

    assert found[0].doubts == (
        f"4 recipes have {NEST}",
        "2 products of CPE: not all of them need be this package",
    )


def test_without_lists_what_the_recipe_shows_is_proposed() -> None:
    its = recipe(git="", url="https://github.com/heron/nest/archive/v1.0.tar.gz",
                 versions=(version("2.0"), version("1.0")))  # fmt: skip

    (found,) = candidates([its], EMPTY, [])

    assert found.upstream == f"https://{NEST}"
    assert found.tags == ("v{version}",)
    assert candidates([its], Identity([entry()]), []) == ()


def test_what_is_written_has_to_be_reviewed_before_it_is_a_table(tmp_path: Path) -> None:
    its = recipe(git="https://github.com/heron/nest", pypi="heron/heron-1.tar.gz",
                 versions=(version("1.2.0", tag="rel_1_2_0"),))  # fmt: skip
    claims = [
        _claim(one) for one in ("CPE heron:heron", "CPE 1:2", "Bitnami heron", "OSS-Fuzz heron")
    ]
    claims.append(_claim("OSS-Fuzz heron2"))

    text = as_yaml(candidates([its], EMPTY, claims))
    (tmp_path / "new.yaml").write_text(text)
    read = yaml.safe_load(text)["entries"]["heron"]

    assert read["cpe"] == ["heron:heron", "1:2"]
    assert read["osv"] == {"Bitnami": ["heron"]}
    assert read["oss_fuzz"] == "heron"
    assert "# or oss_fuzz: heron2" in text
    assert read["tags"] == ["rel_{major}_{minor}_{patch}"]
    assert "its recipe's git" in text
    _, faults = read_written(tmp_path)
    assert {word for fault in faults for word in ("reviewed", "by") if word in str(fault)}
    reviewed = text + "    reviewed: 2026-11-26\n    by: PESO security team\n"
    (tmp_path / "new.yaml").write_text(reviewed)
    assert read_written(tmp_path)[1] == ()


def test_text_of_others_cannot_leave_its_line() -> None:
    claim = Claimed(SubjectKey("CPE", 'a:"b\n  evil: c'), NEST, "list\n  evil: d")

    text = as_yaml(candidates([recipe(git=f"https://{NEST}")], EMPTY, [claim]))

    assert set(yaml.safe_load(text)["entries"]) == {"heron"}
    assert "evil" not in yaml.safe_load(text)["entries"]["heron"]


def test_nothing_to_propose_is_yaml_too() -> None:
    assert yaml.safe_load(as_yaml([]))["entries"] == {}
