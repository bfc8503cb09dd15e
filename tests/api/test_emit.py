"""`peso emit`: its two lines of Python, and what a person and a machine read of it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from tests.products.engines.spack.locks import lock
from tests.services.delivery.emit.prefixes import UNITS, install_native, write_store

import peso
from peso.cli.app import run


@pytest.fixture
def prefix(tmp_path: Path) -> Path:
    return install_native(tmp_path / "p", python="python")


def test_the_lines_of_python(prefix: Path, tmp_path: Path) -> None:
    externals = peso.emit_externals(prefix, out=tmp_path / "packages.yaml")
    modules = peso.emit_modules(str(prefix), out=str(tmp_path / "modules"))

    assert (externals.release, externals.did) == ("mini 26.11, channel stable", "written")
    assert [one.name for one in modules.modules] == [
        *("fast-mpi/4.1", "mini-python/26.11", "solver/2.0")
    ]
    assert all(Path(one.file).is_file() for one in modules.modules)


def test_a_lock_with_its_store(tmp_path: Path) -> None:
    (tmp_path / "spack.lock").write_bytes(lock(*UNITS))
    write_store(tmp_path / "store", UNITS)

    done = peso.emit_externals(tmp_path / "spack.lock", store=tmp_path / "store")

    assert done.release == ""
    assert "# Release" not in done.text
    with pytest.raises(peso.BadInput, match="where modules are to go"):
        peso.emit_modules(tmp_path, store=tmp_path / "store")


def test_without_a_file_the_text_is_printed(
    prefix: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["emit", "externals", str(prefix)]) == 0

    printed = capsys.readouterr().out
    assert printed == peso.emit_externals(prefix).text
    assert "solver" in yaml.safe_load(printed)["packages"]


def test_what_was_written_is_said(
    prefix: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "packages.yaml"
    arguments = ["emit", "externals", str(prefix), "--out", str(out), "--not-buildable", "mpi"]

    assert [run(arguments), run(["emit", "module", str(prefix)])] == [0, 0]

    said = capsys.readouterr().out
    assert f"{out}: written, 6 externals\n  of the release mini 26.11, channel stable\n" in said
    assert "written   solver/2.0\n" in said
    assert "note: blas-lib@0.3/blaszli: it is the machine's own (/usr): it gets no module" in said
    assert said.endswith(f"module use {prefix}/share/peso/mini/modules\n")


def test_json(prefix: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["emit", "module", str(prefix), "--json"]) == 0

    said = json.loads(capsys.readouterr().out)
    assert said["modules"][2]["loads"] == ["fast-mpi/4.1"]
    assert {one["rule"] for one in said["findings"]} >= {"description-unknown"}


def test_somebodys_file_is_wrong_use(
    prefix: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "packages.yaml"
    out.write_text("packages: {}\n")

    assert run(["emit", "externals", str(prefix), "--out", str(out)]) == 2
    assert "--force" in capsys.readouterr().err
    assert out.read_text() == "packages: {}\n"
    assert run(["emit", "externals", str(prefix), "--out", str(out), "--force", "--quiet"]) == 0


def test_a_changed_lock_is_a_no(prefix: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (prefix / "share/peso/mini/native/spack.lock").write_bytes(lock(*UNITS))

    assert run(["emit", "externals", str(prefix), "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["error"]["reason"] == "changed"
