"""Put the texts of a root together into one spec; the only place of this room that knows specs.

What it does not do: know packages. So an exclude is matched on what the texts say, and a variant of
one value is not told from one of several, as Spack could with the recipe at hand.

1. The first text is constrained by the others, one after the other, as Spack does.
2. Then `%name` of a toolchain is replaced by the specs the toolchain stands for.
3. What is no spec, or contradicts itself, is told as a fault with its text; the texts joined by
   spaces stand for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct
from msgspec.structs import replace

from peso.errors import BadInput, PesoError
from peso.products.environments.record import Toolchain
from peso.products.spec.constrain import constrain
from peso.products.spec.faults import Contradiction, SpecError
from peso.products.spec.parse import parse_spec
from peso.products.spec.satisfies import satisfies
from peso.products.spec.spec import EMPTY, Edge, Spec
from peso.products.spec.text import format_spec


class Combined(Struct, frozen=True, kw_only=True):
    """Texts put together."""

    text: str
    """The spec in Spack's printed form; the texts joined where they are none."""
    fault: str = ""
    contradicts: bool = False
    """Whether the fault is a contradiction, not a text that is no spec."""
    text_at_fault: str = ""
    position: int = -1
    """Where in the text at fault; -1 where that is not known."""


class Aspects(Struct, frozen=True, kw_only=True):
    """What of a spec can differ, each in its printed form."""

    name: str
    said: tuple[tuple[str, str], ...]

    def differs(self, other: Aspects) -> tuple[str, ...]:
        """Return the names of what differs."""
        both = zip(self.said, other.said, strict=True)
        return tuple(what for (what, mine), (_, theirs) in both if mine != theirs)


class Combiner:
    """Puts texts together; parses each text once."""

    def __init__(self, toolchains: Iterable[Toolchain] = ()) -> None:
        self._specs: dict[str, Spec | PesoError] = {}
        self._toolchains = {one.name.value: one for one in toolchains}
        self._expanded: dict[str, Spec] = {}
        self._made: dict[tuple[str, ...], Spec] = {}

    def combined(self, texts: Sequence[str]) -> Combined:
        """Return the spec that several texts come to."""
        for text in texts:
            try:
                self._spec(text)
            except SpecError as error:
                return _faulty(texts, error, text, position=error.position)
        try:
            return Combined(text=format_spec(self._with_toolchains(self._together(texts))))
        except PesoError as error:
            return _faulty(texts, error, "", contradicts=isinstance(error, Contradiction))

    def satisfies(self, texts: Sequence[str], constraint: str) -> bool:
        """Say whether texts put together satisfy another; false where either is no spec.

        Raises:
            Unanswerable: It takes what the texts do not say.
        """
        try:
            return satisfies(self._together(texts), self._spec(constraint))
        except BadInput:
            return False

    def fault(self, text: str) -> str:
        """Say why a text is no spec; empty where it is one."""
        try:
            self._spec(text)
        except PesoError as error:
            return error.message
        return ""

    def _together(self, texts: Sequence[str]) -> Spec:
        """Return the spec of texts; the last ones are kept, since the same are asked for again."""
        key = tuple(texts)
        if key not in self._made:
            spec = self._spec(texts[0])
            for text in texts[1:]:
                spec = constrain(spec, self._spec(text))
            self._made = {key: spec}
        return self._made[key]

    def printed(self, text: str) -> str:
        """Return a text in Spack's printed form; as it is where it is no spec."""
        try:
            return format_spec(self._spec(text))
        except PesoError:
            return text

    def signed(self, sigil: str, text: str) -> str:
        """Return a text with `^` or `%` before it, in its printed form."""
        return sigil + self.printed(text)

    def aspects(self, text: str) -> Aspects:
        """Return what can differ of a printed spec; of a text that is none, the whole text."""
        try:
            spec = self._spec(text)
        except PesoError:
            return Aspects(name=text, said=tuple((what, "") for what, _ in _aspects(EMPTY)))
        return Aspects(name=spec.name, said=_aspects(spec))

    def _spec(self, text: str) -> Spec:
        found = self._specs.get(text)
        if found is None:
            try:
                found = parse_spec(text) if text.strip() else EMPTY
            except PesoError as error:
                found = error
            self._specs[text] = found
        if isinstance(found, PesoError):
            raise found
        return found

    def _with_toolchains(self, spec: Spec) -> Spec:
        """Return a spec with the toolchains it names put in, in it and in its dependencies."""
        if not self._toolchains or not spec.edges:
            return spec
        kept: list[Edge] = []
        named: list[Edge] = []
        for edge in spec.edges:
            if edge.direct and edge.spec.name in self._toolchains:
                named.append(edge)
            else:
                kept.append(replace(edge, spec=self._with_toolchains(edge.spec)))
        spec = replace(spec, edges=tuple(kept))
        for edge in named:
            spec = constrain(spec, self._toolchain(edge))
        return spec

    def _toolchain(self, edge: Edge) -> Spec:
        name = edge.spec.name
        if name not in self._expanded:
            whole = EMPTY
            for part in self._toolchains[name].parts:
                spec = self._spec(part.spec.value)
                if part.when is not None:
                    when = self._spec(part.when.value)
                    edges = (replace(one, when=when) for one in spec.edges)
                    spec = replace(spec, edges=tuple(edges))
                whole = constrain(whole, spec)
            self._expanded[name] = whole
        whole = self._expanded[name]
        if not edge.propagate:
            return whole
        return replace(whole, edges=tuple(replace(one, propagate=True) for one in whole.edges))


def _faulty(
    texts: Sequence[str],
    error: PesoError,
    at_fault: str,
    *,
    position: int = -1,
    contradicts: bool = False,
) -> Combined:
    return Combined(
        text=" ".join(text for text in texts if text),
        fault=error.message,
        contradicts=contradicts,
        text_at_fault=at_fault,
        position=position,
    )


def _aspects(spec: Spec) -> tuple[tuple[str, str], ...]:
    compilers = tuple(edge for edge in spec.edges if edge.direct)
    below = tuple(edge for edge in spec.edges if not edge.direct)
    only = Spec()
    return (
        ("version", format_spec(replace(only, versions=spec.versions))),
        ("variants", format_spec(replace(only, variants=spec.variants))),
        ("flags", format_spec(replace(only, flags=spec.flags))),
        ("target", format_spec(replace(only, arch=spec.arch))),
        ("compiler", format_spec(replace(only, edges=compilers))),
        ("dependencies", format_spec(replace(only, edges=below))),
        ("hash", spec.hash),
    )
