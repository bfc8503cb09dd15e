"""A stack in either of its forms: PESO's `stack.yaml`, or an unmodified Spack `spack.yaml`.

What it does not do: judge or solve. A `stack.yaml` brings the environments of its parts with
`engine: spack`; a bare `spack.yaml` is one environment. What the form is, the file's own text
says (`schema: peso.stack/…`), not its name.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from peso.base.yaml_nodes import Document, Mapping, Scalar
from peso.base.yaml_read import read_yaml
from peso.errors import BadInput, Fault
from peso.products.environments.read import Reader
from peso.products.environments.record import Environment

if TYPE_CHECKING:
    from peso.products.stack import Stack

_NAMES = ("stack.yaml", "spack.yaml")


@dataclass(frozen=True, slots=True, kw_only=True)
class PartEnvironment:
    """The environment of a part; the part of a bare `spack.yaml` has no name."""

    part: str
    environment: Environment


@dataclass(frozen=True, slots=True, kw_only=True)
class StackForm:
    """A stack as its definition says, in whichever form."""

    file: Path
    stack: Stack | None
    """PESO's own file; None for a bare Spack environment."""
    environments: tuple[PartEnvironment, ...]


def load_form(path: Path, reader: Reader) -> StackForm:
    """Read a stack definition: a file, or a folder with a `stack.yaml` or a `spack.yaml`.

    Raises:
        BadInput: It is no stack definition, or not YAML; with every fault.
    """
    file = definition_file(path)
    document = read_yaml(file)
    if document.broken:
        raise _bad(document)
    if is_peso_stack(document):
        return _peso(file, reader)
    only = PartEnvironment(part="", environment=_read(file, reader))
    return StackForm(file=file, stack=None, environments=(only,))


def _peso(file: Path, reader: Reader) -> StackForm:
    # Imported late: it takes longer than a bare environment is read in.
    from peso.products.stack import SpackPart, load_stack  # noqa: PLC0415

    stack = load_stack(file)
    environments = tuple(
        PartEnvironment(part=name, environment=_read(file.parent / part.environment, reader))
        for name, part in stack.parts.items()
        if isinstance(part, SpackPart)
    )
    return StackForm(file=file, stack=stack, environments=environments)


def is_peso_stack(document: Document) -> bool:
    """Say whether a document is PESO's own stack file."""
    root = document.root
    schema = root.get("schema") if isinstance(root, Mapping) else None
    return isinstance(schema, Scalar) and schema.text.startswith("peso.stack/")


def definition_file(path: Path) -> Path:
    """Return the file of a definition: itself, or that in a folder; `stack.yaml` comes first."""
    if not path.is_dir():
        return path
    for name in _NAMES:
        if (path / name).is_file():
            return path / name
    raise BadInput(
        "the folder has no stack.yaml and no spack.yaml", where=str(path), hint="name the file"
    )


def _read(file: Path, reader: Reader) -> Environment:
    environment = reader.read(file)
    first = environment.sources[0]
    if first.document.broken:
        raise _bad(first.document)
    if not first.sections and not environment.roots and environment.troubles:
        raise _refused(first.file, environment)
    return environment


def _bad(document: Document) -> BadInput:
    faults = tuple(
        Fault(where=str(one.place), message=one.message, hint=one.hint or None)
        for one in document.troubles
    )
    return BadInput("the file is not YAML", where=document.file, faults=faults)


def _refused(file: str, environment: Environment) -> BadInput:
    faults = tuple(
        Fault(where=str(one.place), message=one.message, hint=one.hint or None)
        for one in environment.troubles
    )
    return BadInput("the file is no stack definition", where=file, faults=faults)
