"""Spack's configuration as a release ships it: readable, without logins, without PESO's folders."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from peso.errors import Outside
from peso.products.engines.spack.in_force import settings_text

OWN = Path("/home/somebody/stacks/.peso/cache")


def test_settings_are_readable_yaml() -> None:
    text = settings_text('{"spack": {"b": 1, "a": [2]}}', own=OWN)
    assert text == b"spack:\n  b: 1\n  a:\n  - 2\n"


def test_what_is_not_json_is_said() -> None:
    with pytest.raises(Outside, match="not JSON"):
        settings_text("==> Error", own=OWN)


def test_no_login_is_shipped() -> None:
    mirrors = {
        "bucket": {
            "url": "s3://user:word@bucket/releases",
            "access_pair": {"id": "who", "secret": "secret"},
            "signed": True,
            "fetch": {"url": "https://who:word@cache.example/x", "access_token": "token"},
        },
        "plain": "https://who@cache.example/y",
        "odd": 7,
    }
    data = settings_text(json.dumps({"spack": {"mirrors": mirrors}}), own=OWN)
    assert yaml.safe_load(data)["spack"]["mirrors"] == {
        "bucket": {
            "url": "s3://bucket/releases",
            "signed": True,
            "fetch": {"url": "https://cache.example/x"},
        },
        "plain": "https://cache.example/y",
        "odd": None,
    }
    for word in (b"word", b"secret", b"token", b"who"):
        assert word not in data


def test_the_same_settings_in_another_folder_are_the_same_bytes() -> None:
    def in_(folder: Path) -> bytes:
        stages = {"build_stage": [f"{folder}/spack/stage"], "root": f"{folder}/spack/store"}
        return settings_text(json.dumps({"spack": {"config": stages}}), own=folder)

    assert in_(OWN) == in_(Path("/elsewhere/.peso/cache"))
    assert b"$peso/spack/store" in in_(OWN)
