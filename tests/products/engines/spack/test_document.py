"""Locks that are none, or not whole: each is refused with what and where; nothing is endless."""

from __future__ import annotations

import gzip
import json
from typing import Any

import pytest
from tests.products.engines.spack.locks import APP, GCC, LIBC, ZLIB, hash_of, lock, node, on

from peso.errors import BadInput
from peso.products.engines.spack import document
from peso.products.engines.spack.document import read_document

WHOLE = lock(APP, GCC, LIBC, ZLIB)


def no(data: bytes) -> str:
    with pytest.raises(BadInput) as caught:
        read_document(data, where="spack.lock")
    return str(caught.value)


def changed(*path: str | int, to: Any) -> bytes:  # noqa: ANN401 - any JSON
    data = json.loads(WHOLE)
    here = data
    for part in path[:-1]:
        here = here[part]
    here[path[-1]] = to
    return json.dumps(data).encode()


def in_app(*path: str | int, to: Any) -> bytes:  # noqa: ANN401 - any JSON
    return changed("concrete_specs", hash_of("app"), *path, to=to)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "no JSON"),
        (b"\x00\xff", "no JSON"),
        (b"[]", "Expected `object`, got `array`"),
        (b"{}", "_meta"),
        (WHOLE[:-10], "no JSON"),
        (WHOLE + b"x", "no JSON"),
        (gzip.compress(WHOLE)[:-40], "unpacked"),
        (gzip.compress(WHOLE) + b"more", "unpacked"),
        (b"\x1f\x8b" + b"\0" * 40, "unpacked"),
        (b'{"x":' + b"[" * 100_000, "nested too deeply"),
        (changed("_meta", "file-type", to="other"), "its file-type is 'other'"),
        (changed("_meta", "lockfile-version", to=5), "format 5; PESO reads formats 6 and 7"),
        (changed("_meta", "lockfile-version", to=8), "format 8"),
        (changed("roots", to={}), "roots"),
    ],
)
def test_no_lock(data: bytes, said: str) -> None:
    message = no(data)
    assert said in message
    assert message.startswith("spack.lock: ")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (in_app("version", to=1.5), f"'{hash_of('app')}': Expected `str`, got `float`"),
        (in_app("name", to="../up"), "its name is '../up', which is none"),
        (in_app("version", to="1 0"), "its version is '1 0'"),
        (in_app("namespace", to=""), "its namespace is ''"),
        (in_app("hash", to=hash_of("other")), f"its hash is '{hash_of('other')}'"),
        (in_app("patches", to=["ab"]), "its patch is 'ab'"),
        (in_app("arch", "target", to={}), "its target is ''"),
        (in_app("arch", "target", to={"name": 1}), "its target is ''"),
        (in_app("arch", "platform", to="a b"), "its platform is 'a b'"),
        (in_app("dependencies", 0, "hash", to="gone"), "zlib/gone is not in the lock"),
        (in_app("dependencies", 0, "hash", to=hash_of("gcc")), "is gcc"),
        (in_app("dependencies", 0, "parameters", "deptypes", to=["odd"]), "on zlib as odd"),
        (in_app("parameters", "deep", to={"a": 1}), "Expected"),
        (changed("roots", 0, "hash", to="gone"), "roots[0]: the root 'app' is no unit"),
        (changed("include_concrete", to={"/other": {}}), "locks of other environments"),
        (changed("concrete_specs", "short", to=node("short")), "no hash of Spack"),
    ],
)
def test_not_whole(data: bytes, said: str) -> None:
    assert said in no(data)


def test_a_circle() -> None:
    one, two = node("one", on=(on("two", "link"),)), node("two", on=(on("one", "link"),))
    assert "in a circle: one, two" in no(lock(one, two))


def test_all_faults_at_once() -> None:
    data = json.loads(WHOLE)
    data["roots"][0]["hash"] = "gone"
    data["concrete_specs"][hash_of("app")]["name"] = "a b"
    message = no(json.dumps(data).encode())
    assert "roots[0]" in message
    assert "'a b'" in message


def test_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document, "LARGEST", 1 << 20)
    assert "more than 1 MiB" in no(b" " * ((1 << 20) + 1))
    assert "more than 1 MiB" in no(gzip.compress(b" " * (50 << 20)))


def test_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document, "MOST_UNITS", 3)
    assert "4 units; at most 3" in no(WHOLE)
    monkeypatch.setattr(document, "MOST_UNITS", 4)
    monkeypatch.setattr(document, "MOST_EDGES", 1)
    assert "2 dependencies; at most 1" in no(WHOLE)
