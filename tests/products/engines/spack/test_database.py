from __future__ import annotations

import json
from pathlib import Path

import pytest

from peso.errors import Outside
from peso.products.engines.spack.database import INDEX, installed_in


def write(store: Path, installs: object) -> None:
    (store / INDEX).parent.mkdir(parents=True, exist_ok=True)
    (store / INDEX).write_text(json.dumps({"database": {"version": "8", "installs": installs}}))


def test_a_store_nothing_was_installed_into_is_empty(tmp_path: Path) -> None:
    assert installed_in(tmp_path / "not-there") == {}


def test_what_is_listed_and_there_is_installed(tmp_path: Path) -> None:
    (tmp_path / "lz4").mkdir()
    write(
        tmp_path,
        {
            "a" * 32: {"path": str(tmp_path / "lz4"), "installed": True},
            "b" * 32: {"path": str(tmp_path / "lz4"), "installed": False},
            "c" * 32: {"path": str(tmp_path / "removed"), "installed": True},
            "d" * 32: {"path": None, "installed": True},
        },
    )
    assert installed_in(tmp_path) == {"a" * 32: str(tmp_path / "lz4")}


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"database": 3}', '{"database": {"installs": []}}']
)
def test_a_list_that_cannot_be_read_is_said(tmp_path: Path, text: str) -> None:
    write(tmp_path, {})
    (tmp_path / INDEX).write_text(text)
    with pytest.raises(Outside, match="no list of Spack") as caught:
        installed_in(tmp_path)
    assert caught.value.where == str(tmp_path / INDEX)
    assert "spack reindex" in (caught.value.hint or "")
