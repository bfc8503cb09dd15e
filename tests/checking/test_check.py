"""The check of a workspace: every file by itself, then the sides against each other."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.services.integration.impact.house import write_repository

import peso
from peso.cli.check_words import checked_words

ENVIRONMENT = "spack:\n  specs:\n  - hdf5@1.0 +mpi ^mpich\n  - app\n"


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    root = tmp_path / "house"
    peso.init(root)
    write_repository(tmp_path / "repository")
    with (root / "peso.yaml").open("a") as stream:
        stream.write("recipes: [../repository/spack_repo/house]\n")
    (root / "stacks" / "e4s").mkdir()
    (root / "stacks" / "e4s" / "spack.yaml").write_text(ENVIRONMENT)
    product = "schema: peso.product/1\nname: HDF5\nspack: [hdf5]\nmembers: [M]\n"
    (root / "products" / "hdf5.yaml").write_text(product)
    return root


def _rules(report: object) -> set[str]:
    return {one.rule for one in getattr(report, "findings", ())}


def test_products_environments_and_recipes_are_reconciled(workspace: Path) -> None:
    report = peso.check(workspace)

    assert {"peso.yaml", "stacks/e4s/spack.yaml", "products/hdf5.yaml"} <= set(report.files)
    assert report.faults == ()
    assert {"no-stand-alone-test", "in-stack-not-tagged", "in-stack-not-in-catalog"} <= _rules(
        report
    )
    assert report.matches == ("HDF5: hdf5: the product names them",)


def test_advice_is_no_no(workspace: Path) -> None:
    report = peso.check(workspace)

    assert report.findings
    assert report.blocking == ()
    assert report.ok


def test_a_finding_that_blocks_is_a_no(workspace: Path) -> None:
    product = workspace / "products" / "gone.yaml"
    product.write_text("schema: peso.product/1\nname: Gone\nspack: [gone]\n")

    report = peso.check(workspace)

    assert [(one.rule, one.where) for one in report.blocking] == [
        ("package-unknown", "products/gone.yaml:3")
    ]
    assert not report.ok


def test_an_environment_that_is_none_is_a_fault(workspace: Path) -> None:
    (workspace / "stacks" / "e4s" / "spack.yaml").write_text("spack: [\n")

    report = peso.check(workspace)

    assert len(report.faults) == 1
    assert "stacks/e4s/spack.yaml:2:1" in report.faults[0]
    assert not report.ok


def test_without_recipes_it_is_said_and_no_pass_of_them(workspace: Path) -> None:
    text = (workspace / "peso.yaml").read_text()
    (workspace / "peso.yaml").write_text(text.rpartition("recipes:")[0])

    report = peso.check(workspace)

    assert any("recipes:" in said for said in report.not_compared)
    assert "no-stand-alone-test" not in _rules(report)


def test_a_recipe_repository_that_is_not_there_is_a_fault(workspace: Path) -> None:
    text = (workspace / "peso.yaml").read_text()
    (workspace / "peso.yaml").write_text(text.replace("../repository", "../elsewhere"))

    report = peso.check(workspace)

    assert len(report.faults) == 1
    assert not report.ok


def test_an_include_that_is_not_there_is_said(workspace: Path) -> None:
    file = workspace / "stacks" / "e4s" / "spack.yaml"
    file.write_text(ENVIRONMENT + "  include: [nowhere.yaml]\n")

    assert any("nowhere.yaml" in said for said in peso.check(workspace).not_compared)


def test_a_product_may_be_called_spack(workspace: Path) -> None:
    product = "schema: peso.product/1\nname: Spack\nspack: [hdf5]\n"
    (workspace / "products" / "spack.yaml").write_text(product)

    assert peso.check(workspace).faults == ()


def test_hidden_folders_are_left_alone(workspace: Path) -> None:
    (workspace / "stacks" / "e4s" / ".spack-env").mkdir()
    (workspace / "stacks" / "e4s" / ".spack-env" / "spack.yaml").write_text("spack: [\n")

    assert peso.check(workspace).faults == ()


def test_the_words_count_by_rule_and_list_what_matters(workspace: Path) -> None:
    report = peso.check(workspace)

    words, everything = checked_words(report), checked_words(report, everything=True)

    assert "how many, by rule:" in words
    assert "names no maintainer" not in words
    assert "has no stand-alone test" not in words
    assert "has no stand-alone test" in everything
    assert "how products were matched:" in everything


def test_an_empty_folder_was_not_checked(tmp_path: Path) -> None:
    report = peso.check(tmp_path)

    assert not report.ok
    assert "nothing was checked" in checked_words(report)
