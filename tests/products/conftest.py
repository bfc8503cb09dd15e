"""A small stack, right in every way, for the tests of the stack file."""

from __future__ import annotations

from pathlib import Path

import pytest

SMALL = """\
schema: peso.stack/1
name: small
version: "1.0"
title: A small stack
parts:
  python: {engine: pypi, constraints: constraints.txt}
products:
  - {name: numpy, part: python, require: ">=2"}
tests:
  one:
    of: [numpy, Gest_API]
    run: [python, tests/one.py]
    ranks: [1, 2]
    expect: {error: "== 0"}
"""


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A right stack file with a constraints file and a folder of tests."""
    (tmp_path / "tests" / "deep").mkdir(parents=True)
    (tmp_path / "tests" / "one.py").write_text('print("error=0")\n')
    (tmp_path / "tests" / "deep" / "data.txt").write_text("1\n")
    (tmp_path / "constraints.txt").write_text("# exact\nnumpy==2.4.6\n--flag\ngest-api==0.2\n")
    file = tmp_path / "stack.yaml"
    file.write_text(SMALL)
    return file
