"""Reads every file of a workspace that PESO knows, and returns all that is wrong with each.

1. Settings, stacks, Spack environments, gate policies and products; what is in a folder whose name
   begins with a dot is not looked at.
2. All faults of all files at once. What a catalog's text could do better is a finding, not a fault.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from peso.base.finding import Finding
from peso.base.yamls import parse_record
from peso.ecosystem import RECORDS, STACKS, said_once
from peso.errors import BadInput, Fault
from peso.partnerships.consortium.checking import check_consortium
from peso.partnerships.consortium.reading import read_consortium
from peso.products.catalogs.checking import check_products
from peso.products.environments.facts import facts_of_this_machine
from peso.products.environments.read import Reader
from peso.products.environments.record import Doubt
from peso.products.stack_forms import StackForm, load_form
from peso.services.assurance.policy import load_policy
from peso.services.assurance.vex.shelf import documents, read_shelf
from peso.workspace_settings import FILE, Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class FilesRead:
    """What was read, and what is wrong with it."""

    files: tuple[str, ...]
    faults: tuple[Fault, ...] = ()
    findings: tuple[Finding, ...] = ()
    """What was seen of products and the catalogs they came from."""
    settings: Settings | None = None
    stacks: tuple[StackForm, ...] = ()
    """The stacks that could be read."""
    doubts: tuple[str, ...] = ()
    """What of a stack could not be reached or decided."""


def read_files(root: Path, today: date) -> FilesRead:
    """Read every settings, stack, policy, product and consortium file below a folder.

    Args:
        root: The folder.
        today: The day by which the consortium's rules are counted.
    """
    reading = _Reading(root)
    for path in _yaml_files(root):
        reading.read(path)
    reading.statements()
    products, findings = check_products(root)
    consortium = read_consortium(root)
    beside = check_consortium(root, consortium, today)
    return FilesRead(
        files=tuple(sorted({*reading.files, *products, *consortium.files})),
        faults=tuple(reading.faults),
        findings=(*findings, *(one for one in beside if one not in findings)),
        settings=reading.settings,
        stacks=tuple(reading.stacks),
        doubts=tuple(said_once(_doubts(reading.stacks))),
    )


def _yaml_files(root: Path) -> Iterator[Path]:
    for place, folders, files in os.walk(root):
        folders[:] = sorted(one for one in folders if not one.startswith("."))
        yield from (Path(place) / one for one in sorted(files) if one.endswith(".yaml"))


class _Reading:
    """One file after the other, and what came of it."""

    def __init__(self, root: Path) -> None:
        self.files: list[str] = []
        self.faults: list[Fault] = []
        self.settings: Settings | None = None
        self.stacks: list[StackForm] = []
        self._root = root
        self._reader = Reader(facts_of_this_machine(os.environ))

    def read(self, path: Path) -> None:
        """Read a file, if it is one that PESO knows by its name or folder."""
        inside = path.relative_to(self._root)
        reader = self._known(path)
        if reader is None:
            return
        self.files.append(str(inside))
        try:
            reader(path)
        except BadInput as error:
            said = Fault(where=error.where or str(inside), message=error.message, hint=error.hint)
            self.faults.extend(error.faults or (said,))

    def statements(self) -> None:
        """Read what people state on vulnerabilities."""
        self.files.extend(str(one.relative_to(self._root)) for one in documents(self._root))
        try:
            read_shelf(self._root)
        except BadInput as error:
            self.faults.extend(error.faults)

    def _known(self, path: Path) -> Callable[[Path], object] | None:
        inside = path.relative_to(self._root)
        if inside.parts[0] in RECORDS and (self._root / FILE).is_file():
            return None  # a product may be called spack, a member peso
        if inside.parent.name == "policies":
            return load_policy
        if path.name == FILE:
            return self._settings
        return self._stack if path.name in STACKS else None

    def _settings(self, path: Path) -> None:
        settings = parse_record(Settings, path)
        if path.parent == self._root:
            self.settings = settings

    def _stack(self, path: Path) -> None:
        form = load_form(path, self._reader)
        self.stacks.append(form)
        for one in form.environments:
            self.faults.extend(
                Fault(where=str(trouble.place), message=trouble.message, hint=trouble.hint or None)
                for trouble in one.environment.troubles
            )


def _doubts(stacks: list[StackForm]) -> Iterator[Doubt]:
    for form in stacks:
        for one in form.environments:
            yield from one.environment.doubts
