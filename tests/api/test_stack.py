"""What the API and the commands say of stacks before any build."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import peso
from peso.cli.app import run
from peso.cli.words import in_words

DATA = Path(__file__).parents[1] / "products" / "environments" / "data"


def test_a_bare_environment_is_shown_with_places_groups_and_definitions() -> None:
    shown = peso.show_stack(DATA / "groups", platform="linux")

    assert (shown.form, shown.name) == ("spack", "groups")
    by_group = {group.name: group.roots for group in shown.groups}
    assert by_group == {"default": 2, "compiler": 1, "apps": 2, "grid": 1}
    root = next(one for one in shown.roots if one.group == "apps")
    assert root.definition == "apps"
    assert root.where.endswith("groups/spack.yaml:11:13")
    assert shown.groups[2].overrides == ("packages",)


def test_what_could_not_be_read_is_said() -> None:
    shown = peso.show_stack(DATA / "unreached", platform="linux", target="zen3")

    reached = {one.path: one.reached for one in shown.includes}
    assert reached["not-there.yaml"] == "unreached"
    assert reached["here"] == "skipped"
    assert any("not-there.yaml was not read" in doubt for doubt in shown.doubts)
    assert "not certain: " in in_words(shown)


def test_another_platform_knows_nothing_of_this_machine() -> None:
    shown = peso.show_stack(DATA / "unknown-when", platform="darwin")

    assert shown.roots[0].doubts
    assert peso.show_stack(DATA / "unknown-when", target="zen4").roots[0].doubts == ()


def test_legacy_forms_and_troubles_are_findings() -> None:
    shown = peso.show_stack(DATA / "legacy")

    assert {one.rule for one in shown.findings} >= {"legacy-compilers", "legacy-gitlab-ci"}
    assert [one.rule for one in peso.show_stack(DATA / "nested").findings] == ["nested-matrix"]


def test_a_difference_in_words(tmp_path: Path) -> None:
    before, after = tmp_path / "a.yaml", tmp_path / "b.yaml"
    before.write_text("spack:\n  specs: [hdf5@1.12, zlib]\n")
    after.write_text("spack:\n  specs: [hdf5@1.14, bzip2]\n  view: false\n")

    words = in_words(peso.diff_stacks(before, after))

    assert words.splitlines()[1:] == [
        "roots",
        "  + bzip2",
        "  ~ hdf5@1.12 -> hdf5@1.14  (version)",
        "  - zlib",
        "configuration",
        "  + view: false",
    ]
    assert "asks for the same" in in_words(peso.diff_stacks(before, before))


def test_the_commands_print_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["stack", "show", str(DATA / "simple"), "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert shown["roots"][0]["spec"] == "zlib@1.3"
    assert {"spec", "group", "where", "definition"} <= shown["roots"][0].keys()

    assert run(["stack", "diff", str(DATA / "simple"), str(DATA / "groups"), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["roots"]


def test_the_commands_print_words(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["stack", "show", str(DATA / "groups")]) == 0
    said = capsys.readouterr().out
    assert "group apps: 2 roots, needs compiler" in said
    assert run(["stack", "diff", str(DATA / "groups"), str(DATA / "groups")]) == 0


def test_a_broken_file_is_refused_with_its_place(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["stack", "show", str(DATA / "broken")]) == 2
    assert "spack.yaml:4:5" in capsys.readouterr().err
