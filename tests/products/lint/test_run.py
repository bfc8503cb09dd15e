"""A run over files and folders, and the doubts that keep it from being too sure."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.products.lint.conftest import HERE, Lint

import peso
from peso.errors import BadInput
from peso.products.lint.reference import PAGE, page
from peso.products.lint.rules_stack import RULES as STACK_RULES

Write = Callable[[str], Path]
ROOT = Path(__file__).parents[3]


def test_a_folder_of_many_is_looked_through(lint: Lint, tmp_path: Path) -> None:
    for name in ("a", "b/c"):
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "spack.yaml").write_text("spack:\n  specs: [zlib]\n")

    report = lint(tmp_path)

    assert len(report.files) == 2
    assert report.ok


def test_a_stack_file_brings_its_environment_once(lint: Lint) -> None:
    report = lint(HERE / "data" / "good_stack")

    assert [Path(one).name for one in report.files] == ["stack.yaml", "spack.yaml"]


def test_what_is_not_there_is_wrong_use(lint: Lint, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no such file"):
        lint(tmp_path / "nosuch.yaml")
    with pytest.raises(BadInput, match=r"no stack\.yaml"):
        lint(tmp_path)
    with pytest.raises(BadInput, match="no file is named"):
        peso.lint([])


def test_a_finding_is_there_once_however_many_roots_lead_to_it(
    lint: Lint, spack_yaml: Write
) -> None:
    report = lint(
        spack_yaml("specs:\n- matrix:\n  - [zlib +nosuch]\n  - [+pic, ~pic]\n  - [+shared, ~shared]")
    )

    assert sorted(one.rule for one in report.findings) == [
        "impossible-combination",
        "unknown-variant",
    ]


def test_findings_are_in_the_order_of_the_files(lint: Lint, spack_yaml: Write) -> None:
    report = lint(spack_yaml("view: treu\nspecs: [zlbi, 'zlib@9.9', hdf5 +nosuch]"))

    places = [(one.place.line, one.place.column) for one in report.findings]
    assert places == sorted(places)


def test_a_version_of_an_external_is_known(lint: Lint, spack_yaml: Write) -> None:
    report = lint(
        spack_yaml(
            "packages: {zlib: {externals: [{spec: zlib@9.9, prefix: /usr}]}}\nspecs: ['zlib@9.9']"
        )
    )

    assert not report.findings


def test_a_package_in_development_has_any_version(lint: Lint, spack_yaml: Write) -> None:
    report = lint(
        spack_yaml("develop: {zlib: {spec: 'zlib@=mine', path: ./zlib}}\nspecs: ['zlib@mine']")
    )

    assert not report.findings


def test_versions_that_cannot_be_read_are_no_fault(lint: Lint, spack_yaml: Write) -> None:
    report = lint(spack_yaml("specs: ['guess@7']"))

    assert not report.findings
    assert any("guess" in one.what for one in report.unchecked)


def test_a_module_is_not_looked_for_without_a_module_system(lint: Lint) -> None:
    report = lint(HERE / "data" / "host_module", host=True)

    assert report.ok
    assert any("MODULEPATH" in one.reason for one in report.unchecked)


def test_the_machine_is_looked_at_only_where_it_is_asked_for(lint: Lint) -> None:
    assert not lint(HERE / "data" / "host_prefix").findings


def test_the_page_is_what_the_rules_say() -> None:
    file = ROOT / PAGE
    if os.environ.get("PESO_WRITE_REFERENCE"):
        file.write_text(page())

    assert file.read_text() == page()


def test_every_rule_of_stack_files_has_words() -> None:
    for one in STACK_RULES:
        assert one.what.endswith(".")
        assert one.why.endswith(".")
        assert one.fix.endswith(".")
