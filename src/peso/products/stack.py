"""The stack file: a curated set of products in constrained versions, as records.

Reads `stack.yaml` (schema `peso.stack/1`). It does not resolve, build or look anything up.

1. A record that exists is right in itself: every time, size, comparison and specifier in it can be
   read (`stack_values.py`). What must fit together (names, files) is in `stack_rules.py`.
2. A bad file gives every fault at once: those of the records and those of the rules.
3. What decides a stack is the stack file and named files beside it: nothing outside its folder.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path, PurePosixPath
from typing import Annotated, Any, Literal

from pydantic import Field, PrivateAttr

from peso.base.record import Record
from peso.base.yamls import load, parse_data
from peso.errors import BadInput, Fault
from peso.products.beside import files_below, test_files
from peso.products.quantities import bytes_of, seconds
from peso.products.stack_rules import Draft, broken
from peso.products.stack_values import (
    Argv,
    Duration,
    Expect,
    Name,
    Platforms,
    PythonVersions,
    Ranks,
    ReleaseVersion,
    Size,
    Some,
)

__all__ = [
    "E4sSuite",
    "Limits",
    "Name",
    "Part",
    "Product",
    "PypiPart",
    "ReleaseVersion",
    "Skip",
    "SpackPart",
    "SpackSuite",
    "Stack",
    "Suite",
    "Test",
    "bytes_of",
    "load_stack",
    "seconds",
    "stack_files",
    "stack_schema",
]


class PypiPart(Record, use_attribute_docstrings=True):
    """Python products, resolved and made through uv."""

    engine: Literal["pypi"]
    """What makes the part: `pypi`, Python products through uv."""
    python: PythonVersions = ">=3.11"
    """A PEP 440 specifier of the Python versions the part may use."""
    constraints: str | None = None
    """A file of exact versions beside the stack file; `--upgrade` moves them."""


class SpackPart(Record, use_attribute_docstrings=True):
    """Native products, made by Spack."""

    engine: Literal["spack"]
    """What makes the part: `spack`, native products through Spack."""
    environment: str
    """A Spack environment beside the stack file, e.g. `spack.yaml`."""


Part = Annotated[PypiPart | SpackPart, Field(discriminator="engine")]


class Product(Record, use_attribute_docstrings=True):
    """A product the stack asks for."""

    name: Name
    """The product's name, as its engine knows it."""
    part: str
    """The part it belongs to, one of `parts`."""
    require: str = ""
    """A version specifier in the engine's own words, e.g. `>=4`."""
    extras: tuple[str, ...] = ()
    """Optional features asked for, e.g. `[mpi]`."""
    note: str = ""
    """What a user should know before using it, e.g. that the wheel is a serial build."""


class Limits(Record, use_attribute_docstrings=True):
    """Limits for the whole process tree of a test."""

    time: Duration = "10 min"
    """Wall-clock time, e.g. `60 s`; every process is ended after it."""
    memory: Size | None = None
    """Memory of all processes together, e.g. `1 GiB`; none: as much as there is."""


class Skip(Record, use_attribute_docstrings=True):
    """A test that is not run, for a while, for a reason somebody answers for."""

    test: Annotated[str, Field(min_length=1, max_length=200)]
    """The test's name in its suite."""
    owner: Annotated[str, Field(min_length=1, max_length=200)]
    """Who answers for it."""
    reason: Annotated[str, Field(min_length=1, max_length=1000)]
    """Why, in a sentence; a link helps."""
    until: date
    """The last day it is skipped; after it the test is run again."""


class E4sSuite(Record, use_attribute_docstrings=True):
    """E4S's testsuite, unmodified, at one commit."""

    kind: Literal["e4s"]
    """Which contract its tests follow: `setup.sh`, `clean.sh`, `compile.sh`, `run.sh`."""
    checkout: Annotated[str, Field(min_length=1)]
    """A git repository of it, relative to the stack file; it may be outside its folder."""
    commit: Annotated[str, Field(pattern=r"^[0-9a-f]{40}$")]
    """What is run is what this commit holds, not what lies in the checkout."""
    tests: tuple[Name, ...] = ()
    """Which tests; none: each one named like a product of a native part."""
    settings: dict[Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]*$")], str] = Field(default={})
    """Variables of the suite to set, e.g. `{TEST_RUN: "mpirun -n 2"}`."""
    limits: Limits = Limits()
    """Limits of each stage of a test, for its whole process tree."""
    skip: tuple[Skip, ...] = ()
    """Tests that are not run for now."""


class SpackSuite(Record, use_attribute_docstrings=True):
    """Spack's own stand-alone tests, of the recipes that have some."""

    kind: Literal["spack"]
    """`spack test run` of installed units."""
    of: tuple[Name, ...] = ()
    """Of which products; none: of every one whose recipe has stand-alone tests."""
    limits: Limits = Limits()
    """Limits of the tests of one unit, for its whole process tree."""
    skip: tuple[Skip, ...] = ()
    """Units, by name, whose tests are not run for now."""


Suite = Annotated[E4sSuite | SpackSuite, Field(discriminator="kind")]


class Test(Record, use_attribute_docstrings=True):
    """A test of the delivered stack: it asserts figures, not only an exit status."""

    of: Some
    """The products the test says something of."""
    run: Argv
    """An argv, never a shell line; an MPI launcher is put before it where there are ranks."""
    ranks: Ranks = ()
    """Numbers of MPI ranks; the test runs once with each. None: it runs without a launcher."""
    compile: Argv | None = None
    """An argv, run once in the test's folder before it, without a launcher: to compile it."""
    limits: Limits = Limits()
    """Limits for the whole process tree."""
    expect: Expect
    """Figure name to a comparison, e.g. `{"residual": "< 1e-10"}`."""
    note: str = ""
    """What the test shows and what it does not, in a sentence."""

    @property
    def words(self) -> tuple[str, ...]:
        """Every word of the commands it runs."""
        return (*(self.compile or ()), *self.run)


class Stack(Record, use_attribute_docstrings=True):
    """A stack, as its file says."""

    schema_: Literal["peso.stack/1"] = Field(alias="schema")
    """What kind of file this is, and in which version."""
    name: Name
    """The stack's name, in file names and addresses."""
    version: ReleaseVersion
    """The version of the release, quoted, e.g. `"26.11"`; a published one is never replaced."""
    title: Annotated[str, Field(min_length=1, max_length=200)]
    """What to call it on a page."""
    summary: str = ""
    """What it is for and for whom, in a sentence."""
    channel: Name = "testing"
    """The channel releases are published in."""
    policy: Name = "default"
    """The gate policy a release must meet: `policies/<name>.yaml`."""
    platforms: Platforms = ("this-machine",)
    """Where it is made and tested."""
    parts: Annotated[dict[Name, Part], Field(min_length=1)]
    """The parts, by a name of your choice; each is made by one engine."""
    products: tuple[Product, ...]
    """What the stack is curated for; what these need comes with them."""
    tests: dict[Name, Test] = Field(default={})
    """The tests of an installed copy, by name."""
    suites: dict[Name, Suite] = Field(default={})
    """Collections of tests that others wrote, run as they are, by name."""

    _file: Path = PrivateAttr(default=Path("stack.yaml"))

    @property
    def file(self) -> Path:
        """The stack file."""
        return self._file

    @property
    def folder(self) -> Path:
        """The folder of the stack file; relative paths in it start there."""
        return self._file.parent

    def found_at(self, file: Path) -> Stack:
        """Return the stack as one that was read from this file; where is no content."""
        self._file = file
        return self


def load_stack(path: Path) -> Stack:
    """Read a stack file.

    Raises:
        BadInput: The file is not a stack; its `faults` are all that is wrong with it, in the
            file's order, each with file:line:column, what was expected and a hint.
        Outside: The disk failed.
    """
    data, positions = load(path)
    faults = list(broken(Draft(data=data, positions=positions, folder=path.parent)))
    try:
        stack = parse_data(Stack, data, positions)
    except BadInput as error:
        faults.extend(error.faults)
    if faults:
        ordered = tuple(sorted(dict.fromkeys(faults), key=_line))
        count = "a fault" if len(ordered) == 1 else f"{len(ordered)} faults"
        raise BadInput(f"the file has {count}", where=str(path), faults=ordered)
    return stack.found_at(path)


def _line(fault: Fault) -> tuple[int, int]:
    _, line, column = fault.where.rsplit(":", 2)
    return int(line), int(column)


def stack_files(stack: Stack) -> tuple[PurePosixPath, ...]:
    """Return every file that decides a stack, relative to its folder, sorted.

    That is: the stack file, the files its parts name, and every file in the folders its tests'
    arguments name (`tests/ring.py`: all of `tests/`), without hidden files and `__pycache__`.

    Raises:
        BadInput: One is missing, a link or not a plain file, or leaves the folder.
    """
    named = {PurePosixPath(stack.file.name)}
    for part in stack.parts.values():
        file = part.constraints if isinstance(part, PypiPart) else part.environment
        if file is not None:
            named.add(PurePosixPath(file))
    tests = {file for test in stack.tests.values() for file in test_files(test.words)}
    folders = {PurePosixPath(file.parts[0]) for file in tests}
    return files_below(stack.folder, files=named | tests, folders=folders)


def stack_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of the stack file, for editors."""
    schema = Stack.model_json_schema(by_alias=True)
    _close(schema)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:peso:stack:1",
        **schema,
        "title": "PESO stack file",
    }


def _close(schema: object) -> None:
    """Let no key pass that fits no pattern; what makes the schema leaves that open."""
    if isinstance(schema, dict):
        if "patternProperties" in schema:
            schema["additionalProperties"] = False
        for below in schema.values():
            _close(below)
    elif isinstance(schema, list):
        for below in schema:
            _close(below)
