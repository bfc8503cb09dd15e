"""A small real stack for stories: two products on a loopback index, one test with figures."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.loopback_index import LoopbackIndex

STACK = """\
schema: peso.stack/1
name: tiny
version: "{version}"
title: Two tiny products
channel: testing
policy: lenient
parts:
  python: {{engine: pypi, python: ">=3.11", constraints: constraints.txt}}
products:
  - {{name: alpha, part: python, require: ">=1"}}
tests:
  answer:
    of: [alpha]
    run: [python, tests/answer.py]
    limits: {{time: 60 s}}
    expect: {{answer: "== 42", error: "< 1e-12"}}
"""
POLICY = """\
schema: peso.policy/1
name: lenient
rules:
  tests: {passed: all}
  inventory: {complete: true}
  artifacts: {hashed: all}
  findings: {below: high, without_sources: accept}
  licenses: {allowed: [MIT, BSD-3-Clause]}
  evidence: {within: 30 d}
"""
TEST = """\
import alpha

print(f"answer={alpha.answer()}")
print(f"error={abs(alpha.answer() - 42)}")
"""
ALPHA = """\
import beta


def answer():
    return beta.HALF * 2
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class TinyStack:
    """A stack folder, and the environment in which PESO delivers it."""

    folder: Path
    environment: Mapping[str, str]

    @property
    def file(self) -> Path:
        return self.folder / "stack.yaml"

    @property
    def publication(self) -> Path:
        return self.folder.parent / "public"

    @property
    def root(self) -> Path:
        return self.folder.parent / "public.root.json"

    def say_version(self, version: str) -> None:
        self.file.write_text(STACK.format(version=version))


def write_tiny_stack(folder: Path, version: str = "1.0") -> None:
    """Write the stack file, its policy, constraints and test."""
    (folder / "policies").mkdir(parents=True)
    (folder / "tests").mkdir()
    (folder / "stack.yaml").write_text(STACK.format(version=version))
    (folder / "policies" / "lenient.yaml").write_text(POLICY)
    (folder / "constraints.txt").write_text("alpha==1.0\nbeta==2.0\n")
    (folder / "tests" / "answer.py").write_text(TEST)


@pytest.fixture
def tiny_index(loopback_index: LoopbackIndex) -> LoopbackIndex:
    """The index with what the tiny stack needs."""
    loopback_index.add_wheel(
        "beta", "2.0", license="BSD-3-Clause", files={"beta.py": "HALF = 21\n"}
    )
    loopback_index.add_wheel("alpha", "1.0", requires=["beta>=2"], files={"alpha.py": ALPHA})
    return loopback_index


@pytest.fixture
def tiny_stack(
    tmp_path: Path, tiny_index: LoopbackIndex, monkeypatch: pytest.MonkeyPatch
) -> TinyStack:
    """A stack folder, with this process's environment set so that `peso.*` works on it."""
    folder = tmp_path / "tiny"
    write_tiny_stack(folder)
    home = tmp_path / "home"
    home.mkdir()
    settings = {**tiny_index.environment, "HOME": str(home)}
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    for name in ("XDG_STATE_HOME", "XDG_CACHE_HOME", "PESO_PASSPHRASE_FILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    return TinyStack(folder=folder, environment=dict(os.environ))
