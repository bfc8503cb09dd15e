"""The JSON Schema of the stack file: closed, described, and right about the examples."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
from packaging.requirements import Requirement
from ruamel.yaml import YAML

from peso.products.stack import load_stack, stack_files, stack_schema

DATA = Path(__file__).parent / "data"
EVERY = {folder.name for folder in DATA.iterdir()}
EXAMPLES = Path(__file__).parents[2] / "examples"


def parent(file: Path) -> str:
    return file.parent.name


def fields_of(schema: object) -> list[tuple[str, dict[str, object]]]:
    """Return every property of a schema, with its name."""
    found: list[tuple[str, dict[str, object]]] = []
    if isinstance(schema, dict):
        found += schema.get("properties", {}).items()
        for below in schema.values():
            found += fields_of(below)
    return found


def test_the_schema_is_one_and_closed() -> None:
    schema = stack_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["$schema"].endswith("/2020-12/schema")
    assert "://" not in schema["$id"]
    assert schema["additionalProperties"] is False
    for definition in schema["$defs"].values():
        assert definition["additionalProperties"] is False
    assert json.loads(json.dumps(schema)) == schema


def test_every_field_of_the_schema_says_what_it_is() -> None:
    silent = [name for name, field in fields_of(stack_schema()) if not field.get("description")]
    assert not silent


@pytest.mark.parametrize("file", sorted(EXAMPLES.glob("*/stack.yaml")), ids=parent)
def test_the_examples_are_right_by_reader_and_by_schema(file: Path) -> None:
    stack = load_stack(file)
    data = _as_editors_see(file)
    jsonschema.Draft202012Validator(stack_schema()).validate(data)
    assert all(test.note for test in stack.tests.values())
    assert {str(path) for path in stack_files(stack)} >= {"stack.yaml", "constraints.txt"}


@pytest.mark.parametrize("file", sorted(EXAMPLES.glob("*/constraints.txt")), ids=parent)
def test_the_examples_pin_exactly_and_name_no_index(file: Path) -> None:
    lines = [line for line in file.read_text().splitlines() if not line.startswith("#")]
    pins = [Requirement(line) for line in lines]
    assert lines == sorted(f"{pin.name}{pin.specifier}" for pin in pins)
    assert all(str(pin.specifier).startswith("==") for pin in pins)
    stack = load_stack(file.with_name("stack.yaml"))
    python = {name for name, part in stack.parts.items() if part.engine == "pypi"}
    asked = {product.name for product in stack.products if product.part in python}
    assert asked <= {pin.name for pin in pins}


# What a schema cannot say: names that name each other, files, and the grammar of specifiers.
BEYOND_SCHEMA = {
    "argv-file-leaves-the-folder",
    "argv-file-missing",
    "argv-file-without-a-folder",
    "constraints-leave-the-folder",
    "constraints-missing",
    "of-unknown",
    "part-unknown",
    "part-unused",
    "product-twice",
    "python-is-a-version",
    "require-is-a-version",
    "require-is-for-spack",
    "require-without-comma",
    "suite-checkout-is-no-repository",
    "suite-checkout-missing",
    "suite-of-unknown",
    "suite-skips-twice",
}


@pytest.mark.parametrize("folder", sorted(EVERY - BEYOND_SCHEMA))
def test_an_editor_sees_what_a_schema_can_say(folder: str) -> None:
    data = _as_editors_see(DATA / folder / "stack.yaml")
    assert not jsonschema.Draft202012Validator(stack_schema()).is_valid(data)


def _as_editors_see(file: Path) -> object:
    """Return what a file says as JSON has it: a date is text."""
    return json.loads(json.dumps(YAML(typ="safe", pure=True).load(file), default=str))
