"""The commands of the portfolio, from the first import to the export."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.products.catalogs.conftest import FILES, write

import peso

SRC = Path(peso.__file__).parents[1]


def _peso(*arguments: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    program = "from peso.cli.main import main; main()"
    return subprocess.run(
        [sys.executable, "-c", program, *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(SRC)},
    )


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A workspace with the small catalog imported."""
    write(tmp_path / "ponds", FILES)
    peso.init(tmp_path / "house")
    peso.import_products("cass", tmp_path / "ponds", folder=tmp_path / "house")
    return tmp_path / "house"


def test_an_import_says_what_came_and_what_is_wrong(house: Path) -> None:
    done = _peso("product", "import", "cass", "../ponds", cwd=house)

    assert done.returncode == 0, done.stderr
    first, second, *rest = done.stdout.splitlines()
    assert first.startswith("cass from ../ponds: 13 files; 2 products, 1 members")
    assert second == "  files of the workspace: 0 new, 0 updated, 13 as before"
    assert any(line.startswith("  ../ponds/_data/people.yml:7: medium: ") for line in rest)
    assert rest[-1] == "findings: 3 medium, 2 low, 3 note"


def test_a_list_and_one_of_it(house: Path) -> None:
    listed = _peso("product", "list", cwd=house).stdout.splitlines()
    shown = _peso("product", "show", "heron", cwd=house).stdout
    data = json.loads(_peso("product", "show", "stork", "--json", cwd=house).stdout)

    assert [line.split()[0] for line in listed] == ["heron", "stork"]
    assert "license        BSD-3-Clause" in shown
    assert "cass: _software/heron.md" in shown
    assert data["kept"] == {"cass": {"nest": "chimney"}}
    assert _peso("product", "show", "ibis", cwd=house).returncode == 2


def test_a_check_ends_with_1_where_a_finding_reaches_the_level(house: Path) -> None:
    usual = _peso("product", "check", cwd=house)
    strict = _peso("product", "check", "--block", "medium", cwd=house)
    data = json.loads(_peso("product", "check", "--json", cwd=house).stdout)

    assert (usual.returncode, strict.returncode) == (0, 1)
    assert usual.stdout.splitlines()[-1].endswith("none blocks (from high on)")
    assert strict.stdout.splitlines()[-1].endswith("3 block (from medium on)")
    assert "consortium/upstream/cass/_events/evenings/croak.md:13: low:" in usual.stdout
    assert len(data["findings"]) == 8
    assert _peso("product", "check", "--block", "bad", cwd=house).returncode == 2


def test_a_broken_product_blocks(house: Path) -> None:
    (house / "products" / "heron.yaml").write_text("schema: peso.product/1\nnane: Heron\n")
    done = _peso("product", "check", cwd=house)

    assert done.returncode == 1
    assert "products/heron.yaml:2: high: unknown key 'nane'" in done.stdout


def test_nothing_to_check_is_no_yes(tmp_path: Path) -> None:
    done = _peso("product", "check", cwd=tmp_path)

    assert done.returncode == 1
    assert "nothing was checked" in done.stdout


def test_an_export_is_what_was_imported(house: Path) -> None:
    done = _peso("product", "export", "cass", "../out", cwd=house)

    assert done.returncode == 0, done.stderr
    assert done.stdout == "cass in ../out: 13 files, 13 written\n"
    assert (house.parent / "out/_software/heron.md").read_text() == FILES["_software/heron.md"]


def test_an_edit_that_cannot_be_exported_ends_with_1(house: Path) -> None:
    person = house / "consortium" / "people" / "ada-frog.yaml"
    person.write_text(person.read_text().replace("Pond", "Lake"))
    done = _peso("product", "export", "cass", "../out", cwd=house)

    assert done.returncode == 1
    assert "[catalog.not-exported]" in done.stdout


def test_wrong_use_is_said(house: Path) -> None:
    assert _peso("product", "import", "npm", "../ponds", cwd=house).returncode == 2
    assert _peso("product", "import", "cass", "../nowhere", cwd=house).returncode == 2
    assert _peso("product", "export", "e4s", "../out", cwd=house).returncode == 2


def test_the_schema_of_a_product_is_json(house: Path) -> None:
    assert json.loads(_peso("schema", "product", cwd=house).stdout)["title"] == "PESO product file"


def test_a_workspace_with_products_passes_the_general_check(house: Path) -> None:
    assert peso.check(house).ok
