"""Locks: requirements, the choice of files, constraints."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from peso.errors import BadInput, Outside
from peso.products.engines.port import Unit
from peso.products.engines.pypi.lock import (
    constraints_text,
    read_units,
    requirements_of,
    requires_of,
    unpinned,
)
from peso.products.engines.pypi.python import describe
from peso.products.stack import Stack

HERE = describe(Path(sys.executable), {})
SHA = "ab" * 32
HEAD = 'lock-version = "1.0"\ncreated-by = "test"\n'


def stack(*products: dict[str, object]) -> Stack:
    return Stack.model_validate(
        {
            "schema": "peso.stack/1",
            "name": "s",
            "version": "1",
            "title": "S",
            "parts": {"python": {"engine": "pypi"}, "other": {"engine": "pypi"}},
            "products": [{"part": "python", **product} for product in products],
        }
    )


def package(files: str, name: str = "a") -> bytes:
    return f'{HEAD}[[packages]]\nname = "{name}"\nversion = "1.0"\n{files}\n'.encode()


def file(name: str, sha256: str = SHA) -> str:
    return f'{{ url = "https://x.example/{name}", size = 7, hashes = {{ sha256 = "{sha256}" }} }}'


def test_requirements() -> None:
    asked = requirements_of(
        stack(
            {"name": "a", "require": ">=4", "extras": ["x", "y"]},
            {"name": "b"},
            {"name": "c", "part": "other"},
        ),
        "python",
    )
    assert [str(each) for each in asked] == ["a[x,y]>=4", "b"]


def test_a_part_without_products() -> None:
    with pytest.raises(BadInput, match="has no product"):
        requirements_of(stack({"name": "a"}), "other")


def test_the_best_file_for_this_python_is_chosen() -> None:
    best = f"a-1.0-cp{sys.version_info.major}{sys.version_info.minor}-none-any.whl"
    wheels = ", ".join(map(file, ["a-1.0-py3-none-any.whl", best, "a-1.0-cp27-none-any.whl"]))
    data = package(f"wheels = [{wheels}]\nsdist = {file('a-1.0.tar.gz')}")
    [unit] = read_units(data, HERE, where="lock")
    assert (unit.filename, unit.length, unit.sha256) == (best, 7, SHA)


def test_the_sdist_is_taken_where_no_wheel_fits() -> None:
    data = package(f"wheels = [{file('a-1.0-cp27-none-any.whl')}]\nsdist = {file('a-1.0.tar.gz')}")
    assert read_units(data, HERE, where="lock")[0].filename == "a-1.0.tar.gz"


def test_no_file_fits() -> None:
    with pytest.raises(Outside, match="no file for this Python"):
        read_units(package(f"wheels = [{file('a-1.0-cp27-none-any.whl')}]"), HERE, where="lock")


@pytest.mark.parametrize(
    "files",
    [
        'vcs = { type = "git", url = "https://x.example/a", commit-id = "00" }',
        'directory = { path = "." }',
        'archive = { url = "https://x.example/a.zip", hashes = { sha256 = "00" } }',
    ],
)
def test_what_no_index_serves_is_refused(files: str) -> None:
    with pytest.raises(BadInput, match="does not come from an index"):
        read_units(package(files), HERE, where="lock")


def test_an_index_without_sha256_is_refused() -> None:
    wheel = '{ url = "https://x.example/a-1.0-py3-none-any.whl", hashes = { md5 = "00" } }'
    with pytest.raises(Outside, match="gives no sha256"):
        read_units(package(f"wheels = [{wheel}]"), HERE, where="lock")


@pytest.mark.parametrize("data", [b"\xff", b"= no toml", b'lock-version = "9.0"', b"x = 1"])
def test_what_is_no_lock(data: bytes) -> None:
    with pytest.raises(BadInput, match="not a valid pylock"):
        read_units(data, HERE, where="lock")


def test_the_length_of_a_local_file_is_looked_up(tmp_path: Path) -> None:
    wheel = tmp_path / "a-1.0-py3-none-any.whl"
    wheel.write_bytes(b"12345")
    told = f'{{ url = "{wheel.as_uri()}", hashes = {{ sha256 = "{SHA}" }} }}'
    [unit] = read_units(package(f"wheels = [{told}]"), HERE, where="lock")
    assert unit.length == 5


def units(**versions: str) -> tuple[Unit, ...]:
    return tuple(
        Unit(
            name=name,
            version=version,
            purl=f"pkg:pypi/{name}@{version}",
            filename=f"{name}.whl",
            sha256=SHA,
            length=1,
            url="",
        )
        for name, version in versions.items()
    )


def test_constraints_without_a_header_get_one() -> None:
    text = constraints_text(units(b="2", a="1"), "a==0\n# not a header\n")
    assert text.startswith("# Exact versions")
    assert text.endswith("\na==1\nb==2\n")
    assert constraints_text(units(b="2", a="1"), text) == text


def test_what_constraints_do_not_pin() -> None:
    text = "# a\n--no-binary x\na==1\nB_c ==2 # why\nd>=3\ne===4 ; python_version>'3'\n"
    assert unpinned(units(**{"a": "1", "b-c": "2", "d": "3", "e": "4", "f": "5"}), text) == (
        "d",
        "f",
    )


def test_what_an_installed_copy_requires() -> None:
    told = requires_of(["a-1-py3-none-any.whl", "b-1.tar.gz"], HERE)
    assert told.platforms == ()
    assert told.implementation == sys.implementation.name
