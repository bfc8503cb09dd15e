"""The commands of the consortium, on a small federation."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.cli.test_product import _peso
from tests.partnerships.consortium.conftest import write_federation

import peso

AS_OF = ("--as-of", "2026-11-26")


@pytest.fixture
def house(tmp_path: Path) -> Path:
    peso.init(tmp_path / "house")
    return write_federation(tmp_path / "house")


def test_show_says_it_in_numbers_or_one_of_it(house: Path) -> None:
    whole = _peso("consortium", "show", *AS_OF, cwd=house)
    pond = _peso("consortium", "show", "pond", *AS_OF, cwd=house).stdout
    group = _peso("consortium", "show", "Reeds", *AS_OF, cwd=house).stdout
    person = json.loads(_peso("consortium", "show", "ada-frog", "--json", cwd=house).stdout)
    nobody = _peso("consortium", "show", "Ada Frok", cwd=house)

    assert whole.returncode == 0, whole.stderr
    assert "seats           3, 1 vacant" in whole.stdout
    assert "delegated by Ada Frog to Bo Newt, from 2026-11-01 to 2026-12-01" in pond
    assert "soon     2026-12-10 (in 14 d)" in group
    assert {one["role"] for one in person["roles"]} == {"Chair", "lead", "representative", "chair"}
    assert nobody.returncode == 2
    assert "did you mean Ada Frog?" in nobody.stderr


def test_due_ends_with_1_where_something_is_overdue(house: Path) -> None:
    late = _peso("consortium", "due", *AS_OF, cwd=house)
    early = _peso("consortium", "due", "--as-of", "2026-01-01", cwd=house)
    data = json.loads(_peso("consortium", "due", *AS_OF, "--json", cwd=house).stdout)

    assert (late.returncode, early.returncode) == (1, 0)
    assert late.stdout.splitlines()[1].split() == [
        *("overdue", "2026-10-14", "(43", "d", "ago)", "Chair:", "elect", "(Ada", "Frog)")
    ]
    assert data["due"][0]["state"] == "overdue"
    assert data["today"] == "2026-11-26"


def test_check_blocks_from_a_level_on(house: Path) -> None:
    usual = _peso("consortium", "check", *AS_OF, cwd=house)
    strict = _peso("consortium", "check", "--block", "medium", *AS_OF, cwd=house)

    assert (usual.returncode, strict.returncode) == (0, 1), usual.stderr
    assert "consortium/officers/chair.yaml:1: medium: elect: due on 2026-10-14" in usual.stdout
    assert _peso("consortium", "check", "--block", "bad", cwd=house).returncode == 2


def test_no_answer_has_an_address(house: Path) -> None:
    for words in (("show",), ("show", "ada-frog"), ("show", "pond"), ("due",), ("check",)):
        for form in ((), ("--json",)):
            done = _peso("consortium", *words, *form, cwd=house)
            assert "@" not in done.stdout + done.stderr, words


def test_where_there_is_none_it_is_said_what_to_do(tmp_path: Path) -> None:
    peso.init(tmp_path)

    for words in (("show",), ("due",)):
        done = _peso("consortium", *words, cwd=tmp_path)
        assert done.returncode == 2
        assert "peso consortium import PATH" in done.stderr
    assert _peso("consortium", "check", cwd=tmp_path).returncode == 1
