"""PESO's own files, and everybody else's."""

from __future__ import annotations

from pathlib import Path

import pytest

from peso.errors import BadInput
from peso.services.delivery.emit.own_files import OwnFile, write_own


def file(path: Path, body: str = "a: 1\n") -> OwnFile:
    return OwnFile(path=path, command="peso emit it", comment="#", body=body)


def test_the_first_line_says_whose_it_is(tmp_path: Path) -> None:
    write_own([file(tmp_path / "deep" / "x")])

    first, _, rest = (tmp_path / "deep" / "x").read_text().partition("\n")
    assert first.startswith("# written by peso emit it; sha256 of what follows: ")
    assert rest == "a: 1\n"


def test_what_peso_wrote_it_replaces(tmp_path: Path) -> None:
    path = tmp_path / "x"

    assert write_own([file(path)]) == ("written",)
    before = path.stat().st_mtime_ns
    assert write_own([file(path)]) == ("unchanged",)
    assert path.stat().st_mtime_ns == before
    assert write_own([file(path, "b: 2\n")]) == ("written",)
    assert path.read_text().endswith("\nb: 2\n")


@pytest.mark.parametrize(
    "change", [lambda old: old + b"# mine\n", lambda _old: b"", lambda _old: b"mine\n"]
)
def test_what_somebody_edited_is_theirs(tmp_path: Path, change: object) -> None:
    path, other = tmp_path / "x", tmp_path / "y"
    write_own([file(path)])
    assert callable(change)
    path.write_bytes(theirs := change(path.read_bytes()))

    with pytest.raises(BadInput) as error:
        write_own([file(other), file(path, "b: 2\n")])

    assert [one.where for one in error.value.faults] == [str(path)]
    assert path.read_bytes() == theirs
    assert not other.exists()
    assert write_own([file(path)], force=True) == ("written",)


def test_the_file_of_another_command_is_not_its_own(tmp_path: Path) -> None:
    path = tmp_path / "x"
    write_own([file(path)])

    with pytest.raises(BadInput, match="not PESO's own"):
        write_own([OwnFile(path=path, command="peso emit more", comment="#", body="a: 1\n")])


def test_a_link_is_somebodys_and_is_never_followed(tmp_path: Path) -> None:
    target, path = tmp_path / "target", tmp_path / "x"
    write_own([file(target)])
    path.symlink_to(target)

    with pytest.raises(BadInput, match="not PESO's own"):
        write_own([file(path, "b: 2\n")])
    write_own([file(path, "b: 2\n")], force=True)

    assert not path.is_symlink()
    assert target.read_text().endswith("a: 1\n")


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="folder"):
        write_own([file(tmp_path)], force=True)
