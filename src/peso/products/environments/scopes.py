"""The files of an environment: its own, what it includes, what those include, and their order.

What it does not do: fetch anything, run git, or read what sections mean. The rules, in order:

1. A path is relative to the file (or the folder) that includes it; a folder gives one file for each
   section, a `.yaml` file the sections it has.
2. What cannot be reached is an `Include` with its reason and a `Doubt`; the rest is read. A `when`
   that cannot be answered is both: the file is not taken in, and the doubt says so.
3. Precedence is Spack's: the including file above what it includes, an earlier include above a
   later one. `include::` leaves out what comes by other files' includes.
4. A file that includes itself, and a chain longer than Spack's limit, is not reached. A file is
   read once for all environments of a reader.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from msgspec import Struct, field

from peso.base.yaml_nodes import Document, Entry, Mapping, Node, Sequence, Trouble
from peso.products.environments.conditions import answer
from peso.products.environments.facts import Facts
from peso.products.environments.paths import UnknownPathError, resolve
from peso.products.environments.record import (
    Answer,
    Condition,
    Doubt,
    Include,
    Reached,
    Source,
    Text,
)
from peso.products.environments.texts import (
    as_spack,
    entry_of,
    get,
    is_true,
    overrides,
    text_of,
    texts_of,
)

SECTIONS: Final = (
    "bootstrap",
    "cdash",
    "ci",
    "compilers",
    "concretizer",
    "config",
    "definitions",
    "develop",
    "env_vars",
    "include",
    "mirrors",
    "modules",
    "packages",
    "repos",
    "toolchains",
    "upstreams",
    "view",
)
"""The sections of configuration; a folder has a file for each."""
_MOST_FILES: Final = 500
_DEEPEST: Final = 50
_YAML: Final = frozenset({".yaml", ".yml"})

Read = Callable[[Path], Document]
"""Reads a YAML file, or returns it as it was read before."""


class Scope(Struct, kw_only=True):
    """A file or folder of configuration, with its place in the order."""

    folder: Path
    sections: dict[str, Entry]
    documents: tuple[Document, ...]
    depth: int
    above: tuple[Path, ...]
    """What it was included by, itself last."""
    included: list[Scope] = field(default_factory=list)

    @property
    def replaces(self) -> bool:
        """Whether it says `include::`."""
        entry = self.sections.get("include")
        return entry is not None and overrides(entry.key)


class Asked(Struct, frozen=True, kw_only=True):
    """An entry of `include:`, before anybody looked for it."""

    path: Text
    entry: Node
    when: Condition | None
    optional: bool
    git: Text | None
    pin: Text | None

    def became(self, reached: Reached, reason: str = "", found: Path | None = None) -> Include:
        """Return what became of it."""
        return Include(
            path=self.path,
            place=self.entry.place,
            reached=reached,
            reason=reason,
            found=str(found) if found else "",
            when=self.when,
            optional=self.optional,
            sha256=text_of(get(self.entry, "sha256")),
            git=self.git,
            pin=self.pin,
            name=text_of(get(self.entry, "name")),
        )


class Gatherer:
    """Gathers the scopes of one environment."""

    def __init__(self, environment: Path, facts: Facts, read: Read) -> None:
        self.includes: list[Include] = []
        self.troubles: list[Trouble] = []
        self.doubts: list[Doubt] = []
        self._environment = environment
        self._facts = facts
        self._read = read
        self._files = 0

    def gather(self, file: Path, document: Document, top: Mapping) -> tuple[Scope, ...]:
        """Return the scopes of an environment, lowest precedence first, its own file last.

        Args:
            file: The environment's file.
            document: What stands in it.
            top: The mapping of its sections (what is under `spack:`).
        """
        own = Scope(
            folder=file.parent,
            sections=_sections(top),
            documents=(document,),
            depth=0,
            above=(file,),
        )
        self._fill(own)
        order: list[Scope] = []
        _push(own, order)
        return _kept(order)

    def _fill(self, scope: Scope) -> None:
        entry = scope.sections.get("include")
        if entry is None:
            return
        if not isinstance(entry.value, Sequence):
            if text_of(entry.value):
                self._tell(
                    "include-shape", entry.value, "`include` is not a list", "put `- ` before"
                )
            return
        seen: set[Path] = set()
        for item in entry.value.items:
            for asked in self._asked(item):
                self._follow(asked, scope, seen)

    def _asked(self, item: Node) -> list[Asked]:
        """Return the paths an entry of `include:` asks for."""
        git = text_of(get(item, "git"))
        paths: tuple[Text, ...]
        if isinstance(item, Mapping):
            path = self._overriding(item) or text_of(get(item, "path"))
            paths = (path,) if path else texts_of(get(item, "paths"))
        else:
            path = text_of(item)
            paths = (path,) if path else ()
        if not paths:
            self._tell("include-shape", item, "an include without a path", "write `path: …`")
        when = text_of(get(item, "when"))
        pins = (text_of(get(item, key)) for key in ("commit", "tag", "branch"))
        pin = next((one for one in pins if one), None)
        return [
            Asked(
                path=path,
                entry=item,
                when=answer(when, self._facts) if when else None,
                optional=is_true(get(item, "optional")),
                git=git,
                pin=pin,
            )
            for path in paths
        ]

    def _overriding(self, item: Mapping) -> Text | None:
        """Return the path that a variable gives instead of the entry's, where it is set."""
        variable = text_of(get(item, "path_override_env_var"))
        if variable is None or variable.value not in self._facts.variables:
            return None
        return Text(self._facts.variables[variable.value], variable.scalar)

    def _follow(self, asked: Asked, scope: Scope, seen: set[Path]) -> None:
        """Find out what an include stands for, and take it in."""
        if asked.when is not None and asked.when.answer is not Answer.YES:
            reason = f"`when: {asked.when.text}` is {asked.when.answer} here"
            if asked.when.answer is Answer.UNKNOWN:
                self._unreached(asked, f"its `when` cannot be answered: {asked.when.reason}")
            else:
                self.includes.append(asked.became(Reached.SKIPPED, reason))
            return
        if asked.git is not None:
            self._unreached(
                asked, f"it is in the git repository {asked.git}, and PESO fetches none"
            )
            return
        try:
            path = resolve(
                asked.path.value,
                folder=scope.folder,
                environment=self._environment,
                facts=self._facts,
            )
        except UnknownPathError as unknown:
            self._unreached(asked, str(unknown))
            return
        if path.name == "spack.lock":
            self.includes.append(asked.became(Reached.CONCRETE, found=path))
            return
        if path in seen:
            message = f"{asked.path} is included twice; the second one counts for nothing"
            self._tell("include-twice", asked.entry, message, "remove one")
            return
        seen.add(path)
        self._take(asked, path, scope)

    def _take(self, asked: Asked, path: Path, scope: Scope) -> None:
        if why := self._refused(path, scope):
            self._unreached(asked, why, path)
            return
        there = _there(path)
        if there == "nothing":
            if asked.optional:
                self.includes.append(asked.became(Reached.SKIPPED, "optional, and not there", path))
            else:
                self._unreached(asked, f"there is no {path}", path)
            return
        if there == "file" and path.suffix not in _YAML:
            self._unreached(asked, "it is neither a folder nor a .yaml file", path)
            return
        self.includes.append(asked.became(Reached.READ, found=path))
        taken = self._folder(path, scope) if there == "folder" else self._file(path, scope)
        scope.included.append(taken)
        self._fill(taken)

    def _refused(self, path: Path, scope: Scope) -> str:
        if path in scope.above:
            return "it includes itself"
        if scope.depth >= _DEEPEST:
            return f"the chain of includes is longer than {_DEEPEST}"
        if self._files >= _MOST_FILES:
            return f"more than {_MOST_FILES} files are included"
        return ""

    def _file(self, path: Path, by: Scope) -> Scope:
        document = self._take_file(path)
        return self._scope(path, path.parent, by, (document,), _sections(document.root))

    def _folder(self, path: Path, by: Scope) -> Scope:
        documents: list[Document] = []
        sections: dict[str, Entry] = {}
        for name in SECTIONS:
            if not (path / f"{name}.yaml").is_file():
                continue
            document = self._take_file(path / f"{name}.yaml")
            documents.append(document)
            if entry := entry_of(document.root, name):
                sections[name] = entry
        return self._scope(path, path, by, tuple(documents), sections)

    def _scope(
        self,
        path: Path,
        folder: Path,
        by: Scope,
        documents: tuple[Document, ...],
        sections: dict[str, Entry],
    ) -> Scope:
        return Scope(
            folder=folder,
            sections=sections,
            documents=documents,
            depth=by.depth + 1,
            above=(*by.above, path),
        )

    def _take_file(self, path: Path) -> Document:
        self._files += 1
        document = self._read(path)
        self.troubles += document.troubles
        if document.broken:
            place = document.troubles[0].place
            self.doubts.append(Doubt("this file could not be read", place))
        return document

    def _unreached(self, asked: Asked, reason: str, found: Path | None = None) -> None:
        self.includes.append(asked.became(Reached.UNREACHED, reason, found))
        if not asked.optional:
            self.doubts.append(Doubt(f"{asked.path} was not read: {reason}", asked.path.place))

    def _tell(self, rule: str, node: Node, message: str, hint: str) -> None:
        self.troubles.append(Trouble(rule=rule, place=node.place, message=message, hint=hint))


def _there(path: Path) -> str:
    try:
        if path.is_dir():
            return "folder"
        return "file" if path.is_file() else "nothing"
    except (OSError, ValueError):
        return "nothing"


def _sections(top: Node) -> dict[str, Entry]:
    if not isinstance(top, Mapping):
        return {}
    return {as_spack(entry.key): entry for entry in reversed(top.entries)}


def _push(scope: Scope, order: list[Scope]) -> None:
    for included in reversed(scope.included):
        _push(included, order)
    order.append(scope)


def _kept(order: list[Scope]) -> tuple[Scope, ...]:
    """Leave out what the highest `include::` leaves out: what it did not include itself."""
    last = max((n for n, scope in enumerate(order) if scope.replaces), default=-1)
    if last < 0:
        return tuple(order)
    own = order[last].included
    kept = [scope for scope in order[:last] if any(scope is one for one in own)]
    return (*kept, *order[last:])


def sources(order: tuple[Scope, ...]) -> tuple[Source, ...]:
    """Return the files of scopes, highest precedence first."""
    found: dict[str, Source] = {}
    for scope in reversed(order):
        for document in scope.documents:
            root = document.root
            top = get(root, "spack") if scope.depth == 0 else root
            names = tuple(_sections(top)) if isinstance(top, Mapping) else ()
            source = Source(document=document, sections=names, depth=scope.depth)
            found.setdefault(document.file, source)
    return tuple(found.values())
