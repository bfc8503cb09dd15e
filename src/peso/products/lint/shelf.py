"""Recipes for a run of the linter, as quick as one file wants them.

The rules, in order:

1. A package is there if its file is. Its facts come from the linter's store, if all they were made
   of is as it was; else from the catalog, which is opened only then.
2. Virtual packages come from the store as they were. Only where a name would be unknown by it, the
   catalog is brought up to date first: then, and only then, all files are looked at.
3. A commit never changes; what was read of it stays true.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Callable, Collection, Mapping
from pathlib import Path

from peso.base.yaml_nodes import Scalar
from peso.base.yaml_read import read_yaml
from peso.products.environments.texts import get
from peso.products.lint.facts import Facts, facts_of
from peso.products.lint.pantry import Catalogued
from peso.products.lint.store import MadeOf, Store
from peso.products.recipes.naming import folder_of

_COMMIT = re.compile(r".*@[0-9a-f]{40}", re.DOTALL)
_RECIPE = "package.py"
OpenCatalog = Callable[[], Catalogued]


class Folder:
    """A repository in a folder, as far as a package's file can be told from its description."""

    def __init__(self, label: str) -> None:
        self.label = label
        repo = get(read_yaml(Path(label) / "repo.yaml").root, "repo")
        api = _text(get(repo, "api"), "v1.0").removeprefix("v").partition(".")
        self.api = (int(api[0]) if api[0].isdigit() else 1, 0)
        below = _text(get(repo, "subdirectory"), "packages")
        self.below = "" if below in {"", "."} else f"{below}/"
        self.namespace = _text(get(repo, "namespace"), "")
        self._seen: dict[str, str] = {}

    def file_of(self, name: str) -> str:
        """Return the recipe's file of a package, whether it is there or not."""
        return f"{self.below}{folder_of(name, self.api)}/{_RECIPE}"

    def signature(self, file: str) -> str:
        """Return time, size and number of a file; empty where it is not there. Looks once."""
        found = self._seen.get(file)
        if found is None:
            try:
                seen = os.stat(f"{self.label}/{file}")  # noqa: PTH116 - hundreds of them
                found = f"{seen.st_mtime_ns}-{seen.st_size}-{seen.st_ino}"
            except OSError:
                found = ""
            self._seen[file] = found
        return found


def _text(node: object, default: str) -> str:
    return node.text if isinstance(node, Scalar) and node.text else default


class Shelf:
    """The recipes of some repositories, in their order."""

    def __init__(self, labels: tuple[str, ...], cache: Path, open_catalog: OpenCatalog) -> None:
        """Make a shelf.

        Args:
            labels: folders, or `FOLDER@COMMIT` with the whole commit.
            cache: where the store is kept.
            open_catalog: opens the catalog of the same repositories; called where it must be.
        """
        digest = hashlib.sha256(json.dumps(labels).encode()).hexdigest()[:16]
        self._store = Store(cache / "lint" / f"{digest}.sqlite")
        self._open_catalog = open_catalog
        self._catalog: Catalogued | None = None
        self._folders = [None if _COMMIT.fullmatch(one) else Folder(one) for one in labels]
        self._all_folders = all(one is not None for one in self._folders)
        self._found: dict[str, Facts | None] = {}
        self._virtual: Mapping[str, Collection[str]] | None = None
        self._names: Collection[str] | None = None

    def find(self, name: str) -> Facts | None:
        """Return what is known of a package; None where no repository has it."""
        if name not in self._found:
            self._found[name] = self._kept(name) or self._read(name)
        return self._found[name]

    def has(self, name: str) -> bool:
        """Say whether a repository has a package."""
        if self._all_folders:
            return self._own_file(name) is not None
        return name in self.all_names()

    def all_names(self) -> Collection[str]:
        """Return the names of all packages."""
        if self._names is None:
            kept = None if self._all_folders else self._store.said("names")
            names: Collection[str] = kept or self._opened().names()
            if not self._all_folders and kept is None and not any(self._folders):
                self._store.say("names", list(names))  # commits only: they stay as they are
            self._names = frozenset(names)
        return self._names

    def provided(self) -> Mapping[str, Collection[str]]:
        """Return every virtual package with the packages that may provide it."""
        if self._virtual is None:
            self._virtual = self._store.said("virtuals") or self._from_catalog()
        return self._virtual

    def renew(self) -> None:
        """Bring what is known of virtual packages up to date."""
        if any(self._folders) and self._catalog is None:
            self._virtual = self._from_catalog()

    def save(self) -> None:
        """Keep what was read for the next run."""
        self._store.save()

    def _opened(self) -> Catalogued:
        if self._catalog is None:
            self._catalog = self._open_catalog()
            self._catalog.refresh()
        return self._catalog

    def _from_catalog(self) -> Mapping[str, Collection[str]]:
        found = self._opened().provided()
        self._store.say("virtuals", {name: sorted(some) for name, some in found.items()})
        return found

    def _own_file(self, name: str) -> tuple[int, str] | None:
        for number, folder in enumerate(self._folders):
            if folder is not None and folder.signature(file := folder.file_of(name)):
                return number, file
        return None

    def _kept(self, name: str) -> Facts | None:
        if self._all_folders and self._own_file(name) is None:
            return None
        kept = self._store.package(name)
        if kept is None:
            return None
        made_of, facts = kept
        own = self._own_file(name)
        if own is not None and made_of[:1] and own < made_of[0][:2] and own[0] != made_of[0][0]:
            return None  # an earlier repository has it now
        return facts if all(self._signature(n, file) == sign for n, file, sign in made_of) else None

    def _signature(self, number: int, file: str) -> str:
        folder = self._folders[number] if number < len(self._folders) else None
        return folder.signature(file) if folder is not None else ""

    def _read(self, name: str) -> Facts | None:
        if not self.has(name):
            return None
        catalog = self._opened()
        facts = facts_of(catalog.recipe(name))
        made_of: MadeOf = tuple(
            (number, file, self._signature(number, file)) for number, file in catalog.inputs(name)
        )
        if made_of:
            self._store.keep(name, made_of, facts)
        return facts
