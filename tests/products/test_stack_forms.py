"""A stack in either form, and what differs between two: products, parts, and environments."""

from __future__ import annotations

from pathlib import Path

import pytest

from peso.errors import BadInput
from peso.products.environments.combine import Combiner
from peso.products.environments.facts import Facts
from peso.products.environments.read import Reader
from peso.products.stack_differences import stack_changes
from peso.products.stack_forms import StackForm, load_form

STACK = """\
schema: peso.stack/1
name: both
version: "1.0"
title: Native and Python products
parts:
  native: {engine: spack, environment: spack.yaml}
  python: {engine: pypi}
products:
  - {name: numpy, part: python, require: ">=2"}
  - {name: hypre, part: native}
"""
ENVIRONMENT = "spack:\n  specs: [hypre, zlib]\n"


@pytest.fixture
def both(tmp_path: Path) -> Path:
    """A stack of a Python and a Spack part."""
    (tmp_path / "stack.yaml").write_text(STACK)
    (tmp_path / "spack.yaml").write_text(ENVIRONMENT)
    return tmp_path


def _form(path: Path) -> StackForm:
    return load_form(path, Reader(Facts(platform="linux")))


def test_a_folder_is_its_stack_with_the_environments_of_its_parts(both: Path) -> None:
    form = _form(both)

    assert form.stack is not None
    [native] = form.environments
    assert native.part == "native"
    assert [root.spec for root in native.environment.roots] == ["hypre", "zlib"]


def test_a_bare_environment_is_one_part_without_a_name(both: Path) -> None:
    form = _form(both / "spack.yaml")

    assert form.stack is None
    assert [one.part for one in form.environments] == [""]


def test_the_text_says_what_form_it_is(both: Path) -> None:
    (both / "other.yml").write_text(STACK)

    assert _form(both / "other.yml").stack is not None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("spack: [", "not YAML"),
        ("", "no stack definition"),
        ("- a\n", "no stack definition"),
        ("schema: peso.stack/1\nname: x\n", "faults"),
    ],
)
def test_what_is_no_stack_is_refused_with_its_place(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "spack.yaml").write_text(text)

    with pytest.raises(BadInput, match=said) as caught:
        _form(tmp_path)

    assert all("spack.yaml:" in fault.where for fault in caught.value.faults)
    assert caught.value.faults


def test_a_folder_without_a_definition_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"no stack\.yaml"):
        _form(tmp_path)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"no\.yaml"):
        _form(tmp_path / "no.yaml")


def test_products_parts_and_roots_that_differ(both: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    text = STACK.replace('"1.0"', '"1.1"').replace(">=2", ">=2.1")
    text = text.replace("  - {name: hypre, part: native}\n", "  - {name: scipy, part: python}\n")
    (other / "stack.yaml").write_text(text)
    (other / "spack.yaml").write_text("spack:\n  specs: [hypre@3]\n  view: false\n")

    changes = stack_changes(_form(both), _form(other), Combiner())

    assert [(one.change.value, one.name, one.before, one.after) for one in changes.products] == [
        ("changed", "version", "1.0", "1.1"),
        ("removed", "hypre (native)", "hypre", ""),
        ("changed", "numpy (python)", "numpy >=2", "numpy >=2.1"),
        ("added", "scipy (python)", "", "scipy"),
    ]
    [native] = changes.environments
    assert native.part == "native"
    assert [(one.change.value, one.name, one.what) for one in native.roots] == [
        ("changed", "hypre", ("version",)),
        ("removed", "zlib", ()),
    ]
    assert [one.path for one in native.settings] == ["view"]


def test_a_bare_environment_is_compared_with_the_one_of_a_stack(both: Path) -> None:
    changes = stack_changes(_form(both / "spack.yaml"), _form(both), Combiner())

    assert not changes.environments
    assert {one.change.value for one in changes.products} == {"added"}


def test_a_stack_differs_in_nothing_from_itself(both: Path) -> None:
    changes = stack_changes(_form(both), _form(both), Combiner())

    assert not changes.products
    assert not changes.environments
