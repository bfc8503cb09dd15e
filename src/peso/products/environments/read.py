"""Read a Spack environment, unmodified, into its record. The one entry of this room.

What it does not do: judge (the linter does), solve, run Spack, or fetch. The order of the work:
the file, its sections, what it includes, the merged sections, definitions, groups, roots. A file
that cannot be read at all gives an environment with that trouble and nothing else.
"""

from __future__ import annotations

from pathlib import Path

from msgspec import Struct, field

from peso.base.yaml_nodes import Document, Kind, Mapping, Node, Scalar, Sequence, Trouble
from peso.base.yaml_read import read_yaml
from peso.products.environments.combine import Combiner
from peso.products.environments.conditions import answer
from peso.products.environments.expand import Expander
from peso.products.environments.facts import Facts
from peso.products.environments.groups import Listed, read_groups
from peso.products.environments.legacy import Seen, legacy_forms
from peso.products.environments.lists import Lists
from peso.products.environments.merge import merged
from peso.products.environments.packages import read_packages
from peso.products.environments.record import (
    Definition,
    Doubt,
    Environment,
    Root,
    Section,
    Source,
    Text,
)
from peso.products.environments.scopes import Gatherer, Scope, sources
from peso.products.environments.sections import (
    read_mirrors,
    read_repos,
    read_stated,
    read_toolchains,
    read_views,
)
from peso.products.environments.texts import Tell, as_spack, get, named, overrides, text_of

_NO_SECTIONS = frozenset({"specs", "include_concrete"})


class Reader(Struct):
    """Reads environments for one machine; a file that several include is read once."""

    facts: Facts
    _documents: dict[str, Document] = field(default_factory=dict)

    def read(self, path: Path) -> Environment:
        """Read an environment: its file, or the folder of its `spack.yaml`. Never raises."""
        file = path / "spack.yaml" if path.is_dir() else path
        document = self._document(file)
        top = _top(document.root)
        gatherer = Gatherer(file.parent, self.facts, self._document)
        if top is None:
            return _nothing_in(document)
        order = gatherer.gather(file, document, top)
        gatherer.troubles[:0] = document.troubles
        return _Assembly(document, top, order, gatherer, self.facts).environment()

    def _document(self, path: Path) -> Document:
        name = str(path)
        if name not in self._documents:
            self._documents[name] = read_yaml(path, name=name, same=as_spack)
        return self._documents[name]


def read_environment(path: Path, facts: Facts) -> Environment:
    """Read one environment; see `Reader.read`."""
    return Reader(facts).read(path)


def _top(root: Node) -> Mapping | None:
    """Return the mapping of the sections, also in the old forms; None where there is none."""
    if not isinstance(root, Mapping):
        return None
    for key in ("spack", "env"):
        under = get(root, key)
        if isinstance(under, Mapping):
            return under
        if isinstance(under, Scalar) and under.kind is Kind.NOTHING:
            return Mapping((), under.place)
    return root if "specs" in root else None


def _nothing_in(document: Document) -> Environment:
    """Return the environment of a file that is none."""
    troubles = document.troubles
    if not document.broken:
        root = document.root
        under = get(root, "spack")
        message = (
            "the file has no key `spack:`" if isinstance(root, Mapping) else "it is no mapping"
        )
        trouble = Trouble(
            rule="no-environment",
            place=under.place if under else root.place,
            message="what is under `spack:` is no mapping" if under else message,
            hint="an environment is `spack:` with `specs:` below it",
        )
        troubles = (*troubles, trouble)
    return Environment(
        file=document.file,
        sources=(Source(document=document, sections=()),),
        troubles=troubles,
        doubts=(Doubt("the file could not be read", document.root.place),),
    )


class _Assembly:
    """Puts an environment together from its scopes."""

    def __init__(
        self,
        document: Document,
        top: Mapping,
        order: tuple[Scope, ...],
        gatherer: Gatherer,
        facts: Facts,
    ) -> None:
        self._document = document
        self._top = top
        self._order = order
        self._gatherer = gatherer
        self._facts = facts
        self._troubles: list[Trouble] = list(gatherer.troubles)

    def environment(self) -> Environment:
        """Return the whole record."""
        sections = _merged_sections(self._order)
        nodes = {section.name: section.node for section in sections}
        tell = self._troubles.append
        definitions = _definitions(nodes.get("definitions"), self._facts, tell)
        listed = read_groups(get(self._top, "specs"), self._top.place, tell)
        toolchains = read_toolchains(nodes.get("toolchains"))
        expander = Expander(Combiner(toolchains), tell)
        roots = _roots(definitions, listed, expander, tell)
        packages = read_packages(nodes.get("packages"), tell)
        tops = tuple(_top_of(scope) for scope in reversed(self._order) if scope.sections)
        seen = Seen(root=self._document.root, tops=tops, packages=packages)
        return Environment(
            file=self._document.file,
            sources=sources(self._order),
            roots=roots,
            groups=tuple(one.group for one in listed),
            definitions=definitions,
            matrices=tuple(expander.matrices),
            includes=tuple(self._gatherer.includes),
            sections=sections,
            packages=packages,
            repos=read_repos(nodes.get("repos")),
            toolchains=toolchains,
            views=read_views(nodes.get("view")),
            mirrors=read_mirrors(nodes.get("mirrors")),
            stated=read_stated(definitions),
            legacy=legacy_forms(seen),
            troubles=tuple(dict.fromkeys(self._troubles)),
            doubts=(*self._gatherer.doubts, *expander.doubts),
        )


def _top_of(scope: Scope) -> Mapping:
    entries = tuple(scope.sections.values())
    return Mapping(entries, entries[0].key.place)


def _merged_sections(order: tuple[Scope, ...]) -> tuple[Section, ...]:
    found: dict[str, Section] = {}
    for scope in order:
        for name, entry in scope.sections.items():
            if name in _NO_SECTIONS:
                continue
            before = found.get(name)
            if before is None or overrides(entry.key):
                node = entry.value
            else:
                node = merged(before.node, entry.value)
            found[name] = Section(name=name, node=node, key=entry.key)
    return tuple(found.values())


def _definitions(node: Node | None, facts: Facts, tell: Tell) -> tuple[Definition, ...]:
    found: list[Definition] = []
    for item in node.items if isinstance(node, Sequence) else ():
        when = text_of(get(item, "when"))
        names = [(name, value) for name, value in named(item) if name.value != "when"]
        if len(names) != 1:
            message = f"a definition has one name, not {len(names)}"
            hint = "write one list item for each: `- name: [specs]`"
            tell(Trouble(rule="definition-shape", place=item.place, message=message, hint=hint))
        for name, value in names:
            condition = answer(when, facts) if when else None
            entries = _entries(name, value, tell)
            found.append(Definition(name=name, entries=entries, place=item.place, when=condition))
    return tuple(found)


def _entries(name: Text, value: Node, tell: Tell) -> tuple[Node, ...]:
    if isinstance(value, Sequence):
        return value.items
    if not (isinstance(value, Scalar) and value.kind is Kind.NOTHING):
        message = f"the definition {name} is not a list"
        hint = "put its specs into brackets"
        tell(Trouble(rule="definition-shape", place=value.place, message=message, hint=hint))
    return ()


def _roots(
    definitions: tuple[Definition, ...],
    listed: tuple[Listed, ...],
    expander: Expander,
    tell: Tell,
) -> tuple[Root, ...]:
    lists = Lists(tell)
    lists.define(definitions)
    placed = [(one.group.name, lists.expand(one.nodes)) for one in listed]
    return tuple(root for name, items in placed for root in expander.roots(items, name))
