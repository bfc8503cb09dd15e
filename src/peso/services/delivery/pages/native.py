"""Native: what a page says of a native part, from its lock and its account.

1. Every unit of the lock is in it, with what became of it; one the account does not name is not
   known, never built. An external is the machine's own, never built.
2. The products come first: what the stack names, and what the environment asks for.
3. A failure is told with where to start to read, and with all that was not tried because of it.

Nothing here is cut or escaped: `page.py` does both.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from peso.products.engines.native import NativeBuild, NativeLock, NativeUnit, Outcome, UnitBuild
from peso.products.engines.relocation import Relocation
from peso.products.stack import Product
from peso.services.delivery.pages.moved import MovedView, moved_view
from peso.services.integration.interoperability import Interoperability, interoperability

__all__ = ["Blocked", "NativeView", "UnitRow", "native_view"]

ORDER = ("failed", "not-tried", "not-known", "built", "reused", "external")
"""What a reader must see first; any other outcome comes after them."""
_FEW_NAMES = 12
_FEW = 60
"""Up to how many units are listed on the release's own page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitRow:
    """One unit, with what became of it."""

    number: int
    """Its place in the lock: a page's name for it that nobody outside chose."""
    unit: NativeUnit
    built: UnitBuild
    product: Product | None
    """The product of the stack that it is, where it is one."""
    needed_by: tuple[str, ...]
    """Names of the units that need it themselves, sorted, each once."""
    blocks: int = 0
    """How many units were not tried because it failed."""

    @property
    def named(self) -> bool:
        """Whether the stack or the environment asks for it."""
        return self.unit.root or self.product is not None

    @property
    def initial(self) -> str:
        """The letter it is listed under."""
        first = self.unit.name[:1].upper()
        return first if first.isascii() and first.isalpha() else "#"


@dataclass(frozen=True, slots=True, kw_only=True)
class Blocked:
    """Units that were not tried because of the same failures."""

    by: tuple[UnitRow, ...]
    rows: tuple[UnitRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NativeView:
    """What a page says of one native part."""

    lock: NativeLock
    build: NativeBuild
    rows: tuple[UnitRow, ...]
    """By name and version."""
    interoperability: Interoperability
    moved: MovedView
    by_hash: Mapping[str, UnitRow] = field(repr=False)

    @property
    def few(self) -> bool:
        """Whether the units fit on the release's own page."""
        return len(self.rows) <= _FEW

    @property
    def few_repeated(self) -> bool:
        """Whether the names held more than once fit on the release's own page."""
        return len(self.interoperability.repeated) <= _FEW_NAMES

    @property
    def named(self) -> tuple[UnitRow, ...]:
        """What the stack names, and what the environment asks for."""
        return tuple(row for row in self.rows if row.named)

    @property
    def externals(self) -> tuple[UnitRow, ...]:
        """What the machine had already."""
        return tuple(row for row in self.rows if row.unit.external is not None)

    @property
    def counts(self) -> tuple[tuple[Outcome, int], ...]:
        """How many units ended in which way; what needs a reader first."""
        counts = Counter(row.built.outcome for row in self.rows)
        return tuple(sorted(counts.items(), key=lambda one: (_place(one[0]), one[0])))

    @property
    def there(self) -> int:
        """How many units are there."""
        return sum(row.built.outcome in {"built", "reused", "external"} for row in self.rows)

    @property
    def reused_from(self) -> tuple[tuple[str, int], ...]:
        """Where reused units came from, and how many of each."""
        found = Counter(row.built.because for row in self.rows if row.built.outcome == "reused")
        return tuple(found.most_common())

    @property
    def failed(self) -> tuple[UnitRow, ...]:
        """The units that failed; the one that most others wait for comes first."""
        rows = (row for row in self.rows if row.built.outcome == "failed")
        return tuple(sorted(rows, key=lambda row: -row.blocks))

    @property
    def not_known(self) -> tuple[UnitRow, ...]:
        """The units of which nobody knows what became."""
        return tuple(row for row in self.rows if row.built.outcome == "not-known")

    @property
    def not_shipped(self) -> tuple[UnitRow, ...]:
        """The units that are there, and of which the release has no binary though it should."""
        return tuple(row for row in self.rows if row.built.not_shipped)

    @property
    def archived(self) -> int:
        """Bytes of the archives that the release holds."""
        return sum(one.archive.length for one in self.build.cache)

    @property
    def blocked(self) -> tuple[Blocked, ...]:
        """The units that were not tried, together where the same failures are the reason."""
        found: dict[tuple[str, ...], list[UnitRow]] = {}
        for row in self.rows:
            if row.built.outcome == "not-tried":
                found.setdefault(row.built.blocked_by, []).append(row)
        return tuple(
            Blocked(
                by=tuple(self.by_hash[one] for one in hashes if one in self.by_hash),
                rows=tuple(rows),
            )
            for hashes, rows in found.items()
        )

    @property
    def several_targets(self) -> bool:
        """Whether units were made for more than one kind of processor."""
        return len({row.unit.target for row in self.rows}) > 1

    def by_initial(self) -> Iterator[tuple[str, tuple[UnitRow, ...]]]:
        """Give the units under each letter."""
        under: dict[str, list[UnitRow]] = {}
        for row in self.rows:
            under.setdefault(row.initial, []).append(row)
        for letter in sorted(under):
            yield letter, tuple(under[letter])


def native_view(
    lock: NativeLock,
    build: NativeBuild | None,
    products: tuple[Product, ...],
    proofs: Mapping[str, Relocation] = MappingProxyType({}),
) -> NativeView:
    """Return what a page says of a native part.

    Args:
        lock: As planned.
        build: What became of it; None where nothing is on record.
        products: The stack's products of this part.
        proofs: What is on record of its archives in other folders, by the archive's digest.
    """
    build = build or _nothing_known(lock)
    became = {one.hash: one for one in build.units}
    named = _named(lock, products)
    needed_by = _needed_by(lock)
    blocks = Counter(one for unit in build.units for one in unit.blocked_by)
    rows = [
        UnitRow(
            number=number,
            unit=unit,
            built=became.get(unit.hash) or _unknown(unit),
            product=named.get(unit.hash),
            needed_by=tuple(sorted(needed_by.get(unit.hash, ()))),
            blocks=blocks[unit.hash],
        )
        for number, unit in enumerate(lock.units)
    ]
    return NativeView(
        lock=lock,
        build=build,
        rows=tuple(sorted(rows, key=lambda row: (row.unit.name, row.unit.version, row.number))),
        interoperability=interoperability(lock),
        moved=moved_view(build, proofs),
        by_hash={row.unit.hash: row for row in rows},
    )


def _place(outcome: str) -> int:
    return ORDER.index(outcome) if outcome in ORDER else len(ORDER)


def _named(lock: NativeLock, products: tuple[Product, ...]) -> dict[str, Product]:
    """Return which units a product is: the roots of its name, else all of it."""
    named: dict[str, Product] = {}
    for product in products:
        units = [unit for unit in lock.units if unit.name == product.name]
        for unit in [one for one in units if one.root] or units:
            named[unit.hash] = product
    return named


def _needed_by(lock: NativeLock) -> dict[str, set[str]]:
    needed: dict[str, set[str]] = {}
    for unit in lock.units:
        for edge in unit.depends:
            needed.setdefault(edge.hash, set()).add(unit.name)
    return needed


def _unknown(unit: NativeUnit) -> UnitBuild:
    return UnitBuild(
        hash=unit.hash,
        name=unit.name,
        version=unit.version,
        outcome="not-known",
        because="the account of the build does not name it",
    )


def _nothing_known(lock: NativeLock) -> NativeBuild:
    return NativeBuild(
        part=lock.part,
        requires=lock.requires,
        units=(),
        document=lock.document,
        files=(),
        tool=lock.tool,
        seconds=0.0,
    )
