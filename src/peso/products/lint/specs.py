"""Specs read once in a run, and questions about them that may have no answer.

`Specs` is made for a run and passed on; nothing is kept beyond it. An answer that would be a guess
(`Unanswerable`) is None: neither yes nor no.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from msgspec import Struct, field
from msgspec.structs import replace

from peso.products.lint.tokens import NodeText, node_texts
from peso.products.spec.constrain import constrain
from peso.products.spec.faults import Contradiction, SpecError, Unanswerable
from peso.products.spec.parse import parse_spec
from peso.products.spec.satisfies import intersects, satisfies
from peso.products.spec.spec import Spec
from peso.products.spec.versions import Version, parse_version

_EDGE = re.compile(r"[\^%]")
_VARIANT = re.compile(r"[+~]\s*(\w[\w.-]*)|(?:^|(?<=\s))(\w[\w.-]*):?==?")


class Specs(Struct):
    """The specs of one run."""

    _read: dict[str, Spec | SpecError | Contradiction] = field(default_factory=dict)
    _cut: dict[str, tuple[NodeText, ...]] = field(default_factory=dict)
    _named: dict[str, tuple[frozenset[str], bool]] = field(default_factory=dict)
    _versions: dict[str, Version | None] = field(default_factory=dict)

    def read(self, text: str) -> Spec | SpecError | Contradiction:
        """Return a text as a spec, or what is wrong with it."""
        found = self._read.get(text)
        if found is None:
            try:
                found = parse_spec(text)
            except (SpecError, Contradiction) as error:
                found = error
            self._read[text] = found
        return found

    def spec(self, text: str) -> Spec | None:
        """Return a text as a spec; None where it is none."""
        found = self.read(text)
        return found if isinstance(found, Spec) else None

    def nodes(self, text: str) -> tuple[NodeText, ...]:
        """Return the nodes of a spec's text, with their places."""
        found = self._cut.get(text)
        if found is None:
            found = self._cut[text] = node_texts(text)
        return found

    def version(self, text: str) -> Version | None:
        """Return a version; None where the text is none."""
        if text not in self._versions:
            try:
                self._versions[text] = parse_version(text)
            except SpecError:
                self._versions[text] = None
        return self._versions[text]

    def named(self, text: str) -> tuple[frozenset[str], bool]:
        """Return what a constraint names, without reading it as a spec.

        That is: variants of the package itself, and whether it speaks of a dependency.
        """
        found = self._named.get(text)
        if found is None:
            own, *others = _EDGE.split(text, maxsplit=1)
            found = frozenset(one or two for one, two in _VARIANT.findall(own)), bool(others)
            self._named[text] = found
        return found

    def certain(self, spec: Spec, condition: Sequence[str]) -> bool:
        """Say whether all conditions hold for whatever meets the spec."""
        return all(self._certain(spec, self.spec(text)) for text in condition)

    def _certain(self, spec: Spec, constraint: Spec | None) -> bool:
        if constraint is None:
            return False
        try:
            return satisfies(spec, constraint)
        except Unanswerable:
            return False

    def possible(self, spec: Spec, condition: Sequence[str]) -> bool:
        """Say whether the conditions may hold together with a node; dependencies are not judged."""
        return all(self.fits(spec, text) for text in condition)

    def fits(self, spec: Spec, text: str) -> bool:
        """Say whether a node may meet a constraint; yes where that is not known."""
        constraint = self.spec(text)
        if constraint is None:
            return True
        if constraint.name and spec.name and constraint.name != spec.name:
            return True
        return self.meet(bare(spec), bare(constraint))

    def meet(self, one: Spec, other: Spec) -> bool:
        """Say whether something may meet both; yes where that is not known."""
        try:
            return intersects(one, other)
        except Unanswerable:
            return True

    def contradicts(self, one: Spec, other: Spec) -> str:
        """Return why nothing can meet both constraints; empty where something may."""
        try:
            constrain(one, other)
        except Contradiction as error:
            return error.message
        except Unanswerable:
            pass
        return ""

    def both(self, one: Spec, other: Spec) -> Spec:
        """Return one spec with both constraints; the first where they contradict each other."""
        try:
            return constrain(one, other)
        except (Contradiction, Unanswerable):
            return one


def bare(spec: Spec) -> Spec:
    """Return a spec without its dependencies."""
    return replace(spec, edges=()) if spec.edges else spec
