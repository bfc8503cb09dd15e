"""The files that recipes import: read when needed, kept while many recipes are read.

1. A base class's file is read once and serves all recipes; it has a purse of its own.
2. What a recipe takes from another file is a copy: it cannot change what others see.
3. Which files went into a recipe is known afterwards: they decide whether it must be read again.
"""

from __future__ import annotations

from peso.products.recipes.directives import DIRECTIVES, say
from peso.products.recipes.host import LINUX, Host
from peso.products.recipes.imports import in_repository
from peso.products.recipes.machine import Machine
from peso.products.recipes.names import SPACK, settle, star
from peso.products.recipes.operations import copied
from peso.products.recipes.parse import parse
from peso.products.recipes.refusals import CannotRead, TooMuch
from peso.products.recipes.repository import Repositories, Repository
from peso.products.recipes.statements import Python, run_block
from peso.products.recipes.values import (
    Class,
    Declared,
    LateImport,
    Module,
    Outside,
    Scope,
    Value,
)

_V1_NAMES = "spack_repo.builtin.build_systems._package_api_v1"
"""Where Spack looks for the base classes that recipes of Package API 1 use without importing."""


class Library:
    """The files that recipes import."""

    def __init__(self, repositories: Repositories, host: Host = LINUX) -> None:
        self._repositories = repositories
        self._host = host
        self._kept: dict[tuple[int, str], Module | CannotRead] = {}
        self._found: dict[str, tuple[Repository, str] | None] = {}
        self._package = _package()

    def read(
        self, repository: Repository, file: str, data: bytes, name: str, *, bodies: bool = True
    ) -> Module:
        """Read a file's top level. Raises `CannotRead`, `TooMuch`.

        Args:
            repository: where it is.
            file: its name there.
            data: its bytes.
            name: what directives say of where they are written; empty for the recipe's own.
            bodies: whether the bodies of methods are parsed at once.
        """
        tree = parse(data, bodies=bodies)
        machine = Machine(Python(), self._imports, self._host)
        module = Module(
            file=name,
            key=(repository.number, file),
            package=repository.package_in(file),
            api=repository.api,
            machine=machine,
        )
        if name:
            self._kept[module.key] = module
        run_block(tree.body, Scope(module.names, module), machine)
        return module

    def _load(self, dotted: str) -> Module | None:
        """Return the module of a dotted name; None where no repository has it."""
        if dotted not in self._found:
            self._found[dotted] = self._repositories.find(dotted)
        found = self._found[dotted]
        if found is None:
            return None
        repository, file = found
        kept = self._kept.get((repository.number, file))
        if kept is None:
            try:
                kept = self.read(repository, file, repository.source.read(file), file)
            except (CannotRead, TooMuch) as why:
                kept = CannotRead(f"{file} cannot be read: {why}")
                self._kept[repository.number, file] = kept
        if isinstance(kept, CannotRead):
            raise CannotRead(kept.reason)
        return kept

    def _imports(self, late: LateImport, module: Module) -> Value:
        """Look up a name of another file for a module; raises `CannotRead`."""
        if not in_repository(late.module):
            return self._of_spack(late, module)
        target = self._load(late.module)
        if target is not None:
            _note(module, target)
            if not late.name:
                return target
            if late.name in target.names:
                return copied(settle(target.names, late.name, target), module.machine)
        below = self._load(f"{late.module}.{late.name}") if late.name else None
        if below is not None:
            _note(module, below)
            return below
        if target is None:
            module.missing.append(late.module)
            raise CannotRead(f"none of the repositories has {late.module}", raised="ImportError")
        return star(late.name, target)

    def _of_spack(self, late: LateImport, module: Module) -> Value:
        if late.name in DIRECTIVES:
            return SPACK[late.name]
        if late.name == "Package":
            return self._package
        if module.api < (2, 0) and late.module in {"spack", "spack.package"}:
            target = self._load(_V1_NAMES)
            if target is None:
                module.missing.append(_V1_NAMES)
            elif late.name in target.names:
                _note(module, target)
                return settle(target.names, late.name, target)
        return Outside(f"{late.module}.{late.name}" if late.name else late.module)


def _note(module: Module, target: Module) -> None:
    if target not in module.imports and target is not module:
        module.imports.append(target)


def _package() -> Class:
    """Return the one base class with a directive that is in Spack itself."""
    says = say("build_system", ["generic"], {}, (), (0, "spack.package"))
    made = Class(name="Package", module="spack.package", line=0)
    made.declared["variant"] = [Declared(kind="variant", says=says)]
    return made
