"""What is installed in a place: read from a receipt, a lock and Spack's own list."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.products.engines.spack.locks import hash_of, lock
from tests.services.delivery.emit.prefixes import (
    MPI,
    SOLVER,
    UNITS,
    install_native,
    lock_file,
    unit_folder,
    write_receipt,
    write_store,
    write_venv,
)

from peso.errors import BadInput, Reason, Refused
from peso.services.delivery.emit.installed import read_installation
from peso.services.delivery.facility.receipt import NotInstalled, Receipt


def test_a_prefix_says_its_release_and_where_each_unit_is(tmp_path: Path) -> None:
    found = read_installation(install_native(tmp_path / "p"))
    (part,) = found.native

    assert found.where == str(tmp_path / "p")
    assert found.origin is not None
    assert found.origin.label == "mini 26.11, channel stable"
    assert part.places[hash_of("solver")] == unit_folder(tmp_path / "p", SOLVER)
    assert part.places[hash_of("blas-lib")] == Path("/usr")
    assert hash_of("cmake") not in part.places
    assert {part.node(one).name for one in part.used} == {
        *("solver", "fast-mpi", "py-tool", "blas-lib", "gcc-runtime")
    }


def test_the_folder_of_a_release_in_a_prefix_will_do(tmp_path: Path) -> None:
    prefix = install_native(tmp_path / "p")

    assert read_installation(prefix / "share/peso/mini") == read_installation(prefix)


def test_parts_side_by_side(tmp_path: Path) -> None:
    found = read_installation(install_native(tmp_path / "p", python="tools"))

    assert found.native[0].places[hash_of("fast-mpi")] == unit_folder(tmp_path / "p/native", MPI)
    assert [(one.name, one.folder, one.products) for one in found.python] == [
        ("tools", tmp_path / "p" / "tools", ("alpha 1.0",))
    ]


def test_a_python_part_alone(tmp_path: Path) -> None:
    write_venv(tmp_path)
    write_receipt(tmp_path, parts=(".",))

    found = read_installation(tmp_path)

    assert found.native == ()
    assert found.python[0].name == "python"


def test_a_part_that_was_left_out_is_not_read(tmp_path: Path) -> None:
    write_venv(tmp_path)
    gone = NotInstalled(part="native", engine="spack", document="native/spack.lock", build="x")
    write_receipt(tmp_path, parts=(".",), files=(lock_file(b"{}"),), not_installed=(gone,))

    assert read_installation(tmp_path).native == ()


def test_a_lock_and_its_store(tmp_path: Path) -> None:
    (tmp_path / "spack.lock").write_bytes(lock(*UNITS))
    write_store(tmp_path / "store", UNITS)

    found = read_installation(tmp_path, tmp_path / "store")

    assert found.origin is None
    assert found.where == str(tmp_path / "spack.lock")
    assert found.native[0].places[hash_of("cmake")].is_dir()


def test_a_unit_whose_folder_is_gone_has_no_place(tmp_path: Path) -> None:
    prefix = install_native(tmp_path / "p")
    unit_folder(prefix, SOLVER).rmdir()

    assert hash_of("solver") not in read_installation(prefix).native[0].places


def test_a_changed_lock_is_refused(tmp_path: Path) -> None:
    prefix = install_native(tmp_path / "p")
    (prefix / "share/peso/mini/native/spack.lock").write_bytes(
        lock(*UNITS[1:], roots=("fast-mpi",))
    )

    with pytest.raises(Refused) as refused:
        read_installation(prefix)

    assert refused.value.reason is Reason.CHANGED


def test_a_lock_that_is_gone_is_refused(tmp_path: Path) -> None:
    prefix = install_native(tmp_path / "p")
    (prefix / "share/peso/mini/native/spack.lock").unlink()

    with pytest.raises(Refused) as refused:
        read_installation(prefix)

    assert refused.value.reason is Reason.MISSING


@pytest.mark.parametrize(
    ("field", "value"),
    [("stack", "../elsewhere"), ("version", "1\n2"), ("parts", ("../elsewhere",))],
)
def test_a_receipt_that_leads_elsewhere_is_refused(
    tmp_path: Path, field: str, value: object
) -> None:
    prefix = install_native(tmp_path / "p")
    receipt = prefix / "share/peso/mini/receipt.json"

    changed = Receipt.parse(receipt.read_bytes()).model_copy(update={field: value})
    receipt.write_bytes(changed.canonical())

    with pytest.raises(BadInput, match="damaged"):
        read_installation(prefix)


def test_what_is_no_prefix_says_what_to_do(tmp_path: Path) -> None:
    publication = tmp_path / "public"
    (publication / "metadata").mkdir(parents=True)
    (publication / "metadata" / "timestamp.json").touch()
    (tmp_path / "spack.lock").write_bytes(lock(*UNITS))

    for where, hint in (
        (publication, "peso install"),
        (tmp_path, "--store"),
        (tmp_path / "spack.lock", "--store"),
        (publication / "metadata", "prefix"),
        (tmp_path / "gone", "name a prefix"),
    ):
        with pytest.raises(BadInput) as error:
            read_installation(where)
        assert hint in (error.value.hint or "")


def test_a_store_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "spack.lock").write_bytes(lock(*UNITS))

    with pytest.raises(BadInput, match="no store of Spack"):
        read_installation(tmp_path, tmp_path)
    with pytest.raises(BadInput, match="no such lock"):
        read_installation(tmp_path / "gone", tmp_path)


def test_several_releases(tmp_path: Path) -> None:
    prefix = install_native(tmp_path / "p")
    write_receipt(prefix, parts=(".",), stack="more")

    with pytest.raises(BadInput, match="2 releases"):
        read_installation(prefix)
