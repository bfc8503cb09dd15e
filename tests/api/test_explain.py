"""`peso explain impact` on a small repository, workspace and stack."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from tests.services.integration.impact.house import write_repository

import peso
from peso.errors import BadInput


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    root = tmp_path / "house"
    (root / "stacks" / "first").mkdir(parents=True)
    (root / "products").mkdir()
    write_repository(tmp_path / "repository")
    (root / "peso.yaml").write_text(
        "schema: peso.workspace/1\nrecipes: [../repository/spack_repo/house]\n"
    )
    (root / "stacks" / "first" / "spack.yaml").write_text("spack:\n  specs:\n  - app\n  - mpich\n")
    (root / "products" / "app.yaml").write_text(
        "schema: peso.product/1\nname: App\nspack: [app]\nmembers: [M]\n"
    )
    return root


def _peso(*arguments: str) -> subprocess.CompletedProcess[str]:
    program = "from peso.cli.main import main; main()"
    return subprocess.run(
        [sys.executable, "-c", program, *arguments], capture_output=True, text=True, check=False
    )


def test_the_workspace_says_recipes_stacks_and_products(workspace: Path) -> None:
    impact = peso.explain_impact("zlib", folder=workspace)

    assert {one.name for one in impact.recipes} == {"hdf5", "app"}
    assert [(one.name, len(one.touched)) for one in impact.stacks] == [("stacks/first", 1)]
    assert impact.members == ("M",)
    assert impact.unknown == ()


def test_stacks_can_be_named(workspace: Path, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "spack.yaml").write_text("spack:\n  specs: [hdf5]\n")

    impact = peso.explain_impact("zlib", stacks=(tmp_path / "other",), folder=workspace)

    assert [one.name for one in impact.stacks] == ["other"]


def test_a_changed_recipe_is_seen(workspace: Path, tmp_path: Path) -> None:
    peso.explain_impact("zlib", folder=workspace)
    folder = tmp_path / "repository" / "spack_repo" / "house" / "packages" / "mpich"
    text = (folder / "package.py").read_text()
    (folder / "package.py").write_text(f'{text}    depends_on("zlib-api")\n')

    impact = peso.explain_impact("zlib", folder=workspace)

    assert "mpich" in {one.name for one in impact.recipes}


def test_what_cannot_be_read_is_unknown(workspace: Path) -> None:
    (workspace / "stacks" / "first" / "spack.yaml").write_text("spack: [\n")
    (workspace / "products" / "app.yaml").write_text("- no product\n")

    assert len(peso.explain_impact("zlib", folder=workspace).unknown) == 2


def test_a_stack_that_is_not_there_is_an_error(workspace: Path) -> None:
    with pytest.raises(BadInput, match="no such file or folder"):
        peso.explain_impact("zlib", stacks=(workspace / "none",), folder=workspace)


def test_recipes_that_are_no_list_are_an_error(workspace: Path) -> None:
    (workspace / "peso.yaml").write_text("schema: peso.workspace/1\nrecipes: {a: b}\n")

    with pytest.raises(BadInput, match="no list"):
        peso.explain_impact("zlib", folder=workspace)


def test_the_command_says_counts_and_chains(workspace: Path) -> None:
    said = _peso("explain", "impact", "zlib", "--in", str(workspace))

    assert said.returncode == 0, said.stderr
    assert "a change of zlib, which provides zlib-api, touches:" in said.stdout
    assert "stacks/first: 1 of 2 roots (link 1)" in said.stdout
    assert "app -[build,link]-> hdf5 -[build,link]-> zlib-api, which may be zlib" in (
        said.stdout.replace("link,build", "build,link")
    )


def test_the_command_gives_one_document(workspace: Path) -> None:
    said = _peso("explain", "impact", "zlib", "--in", str(workspace), "--json")

    document = json.loads(said.stdout)
    assert document["counts"]["recipes"]["all"] == 2
    assert document["stacks"][0]["touched"][0]["chain"][0]["name"] == "app"


def test_a_name_nobody_knows_is_a_bad_input(workspace: Path) -> None:
    said = _peso("explain", "impact", "hdf6", "--in", str(workspace))

    assert said.returncode == 2
    assert "did you mean hdf5" in said.stderr


def test_the_question_imports_nothing_heavy(workspace: Path) -> None:
    program = (
        "import sys; sys.argv = ['peso', 'explain', 'impact', 'zlib', '--in', sys.argv[1]]\n"
        "from peso.cli.main import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "sys.stderr.write(' '.join(sys.modules))"
    )
    (workspace / "stacks" / "first" / "spack.yaml").unlink()
    done = subprocess.run(
        [sys.executable, "-c", program, str(workspace)], capture_output=True, text=True, check=True
    )

    modules = set(done.stderr.split())
    # typer itself brings pydantic
    assert not {"ruamel.yaml", "license_expression", "peso.workspace", "peso.base.yamls"} & modules
