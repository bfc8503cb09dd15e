"""Files made to hurt: any text, any nesting, any kind of value where another belongs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.products.lint.conftest import BUILTIN

import peso
from peso.products.lint.annotations import github, gitlab
from peso.products.lint.sarif import sarif

KEYS = st.sampled_from(
    [
        *("specs", "packages", "all", "zlib", "require", "one_of", "spec", "when", "externals"),
        *("matrix", "exclude", "definitions", "include", "repos", "git", "commit", "view", "x:"),
        *("providers", "version", "variants", "group", "needs", "override", "concretizer", "mpi"),
    ]
)
SPECS = st.text(alphabet="zlibhdf5@=1.:+~-^%[], '\"$/\\\n", max_size=20)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | SPECS | KEYS,
    lambda below: st.lists(below, max_size=4) | st.dictionaries(KEYS | SPECS, below, max_size=4),
    max_leaves=25,
)


@given(VALUES)
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_values_give_a_report_in_every_form(cache: Path, value: object) -> None:
    file = cache / "hurt" / "spack.yaml"
    file.parent.mkdir(exist_ok=True)
    file.write_text(json.dumps({"spack": value}))

    report = peso.lint(file, repos=[BUILTIN], host=True, environment={"XDG_CACHE_HOME": str(cache)})

    assert len(report.files) == 1
    assert json.dumps([report.plain(), sarif(report), gitlab(report), github(report)])


@pytest.mark.parametrize(
    "text",
    [
        b"\xff\xfe\x00",
        b"spack:\n  specs: [\x00]",
        b"[" * 1_000_000,
        b"spack:\n  specs: [" + b"'" + b"zlib+" * 100_000 + b"']",
        b"spack:\n  specs:\n" + b"  - zlib@1.2.13 +pic\n" * 5_000,
        b"a: &a [*a]",
    ],
)
def test_a_bad_file_is_over_soon(cache: Path, tmp_path: Path, text: bytes) -> None:
    file = tmp_path / "spack.yaml"
    file.write_bytes(text)

    report = peso.lint(file, repos=[BUILTIN], environment={"XDG_CACHE_HOME": str(cache)})

    assert report.findings


def test_a_loop_of_links_is_no_file(cache: Path, tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to(tmp_path / "b")
    (tmp_path / "b").symlink_to(tmp_path / "a")
    file = tmp_path / "spack.yaml"
    file.write_text("spack:\n  include: [a/b.yaml]\n  specs: [zlib]\n")

    report = peso.lint(file, repos=[BUILTIN], environment={"XDG_CACHE_HOME": str(cache)})

    assert [one.rule for one in report.findings] == ["include-missing"]
