"""A stack's definition: read in either form, and the files that decide it, wherever they are.

Beside the stack file are the files `stack_files` names. A Spack environment may include more, also
from outside the folder (E4S's do). The rules, in order:

1. A file in the stack's folder keeps its path there; one that an environment includes from outside
   is called `environments/PART/…`, at its place to the others.
2. A bare environment ships the stack file that PESO made of it, as `stack.yaml`.
3. What a test's arguments name is a test's; everything else is evidence of what was asked for.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from peso.base.yaml_nodes import Mapping
from peso.base.yaml_read import read_yaml
from peso.errors import BadInput
from peso.products.bare_stack import bare_stack, is_bare, stack_text
from peso.products.beside import file_fault
from peso.products.engines.files import Role
from peso.products.engines.spack.layout import layout_of, read_bounded
from peso.products.environments.read import Reader
from peso.products.stack import SpackPart, Stack, load_stack, stack_files
from peso.products.stack_forms import load_form

STACK_FILE = "stack.yaml"
SPACK_FILE = "spack.yaml"


@dataclass(frozen=True, slots=True, kw_only=True)
class DefinitionFile:
    """A file that decides a stack."""

    path: str
    """What the release calls it."""
    role: Role
    data: bytes


def read_stack(file: Path, reader: Reader) -> Stack:
    """Read a stack file, or a bare Spack environment with the defaults of the house.

    Raises:
        BadInput: It is neither, or is wrong; with every fault.
    """
    document = read_yaml(file)
    keys = document.root if isinstance(document.root, Mapping) else ()
    if document.broken or "schema" in keys or not ("spack" in keys or file.name == SPACK_FILE):
        return load_stack(file)
    form = load_form(file.absolute(), reader)
    return bare_stack(form.environments[0].environment)


def definition_of(stack: Stack, reader: Reader) -> tuple[DefinitionFile, ...]:
    """Return every file that decides a stack, the stack's own folder first.

    Raises:
        BadInput: One is missing, or not a plain file.
        Outside: The disk failed.
    """
    found = {one.path: one for one in _beside(stack)}
    for one in _included(stack, reader):
        found.setdefault(one.path, one)
    return tuple(found.values())


def _beside(stack: Stack) -> Iterator[DefinitionFile]:
    if is_bare(stack):
        if wrong := file_fault(stack.folder, stack.file.name):
            raise BadInput(f"the environment: {wrong}", where=str(stack.file))
        yield DefinitionFile(path=STACK_FILE, role="evidence", data=stack_text(stack))
        data = read_bounded(stack.file)
        yield DefinitionFile(path=stack.file.name, role="evidence", data=data)
        return
    tests = {argument for test in stack.tests.values() for argument in test.run}
    folders = {argument.split("/")[0] for argument in tests if "/" in argument}
    for path in stack_files(stack):
        role: Role = "test" if path.parts[0] in folders else "evidence"
        data = (stack.folder / path).read_bytes()
        yield DefinitionFile(path=str(path), role=role, data=data)


def _included(stack: Stack, reader: Reader) -> Iterator[DefinitionFile]:
    """Yield the files that the environments of a stack include."""
    folder = Path(os.path.normpath(stack.folder.absolute()))
    for name, part in stack.parts.items():
        if not isinstance(part, SpackPart):
            continue
        file = Path(os.path.normpath(folder / part.environment))
        for laid in layout_of(reader.read(file)).files:
            inside = laid.source.is_relative_to(folder)
            path = laid.source.relative_to(folder) if inside else laid.path
            yield DefinitionFile(
                path=path.as_posix() if inside else f"environments/{name}/{path}",
                role="evidence",
                data=read_bounded(laid.source),
            )
