"""Words for a source mirror: what a person reads of what it holds and lacks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from peso.products.engines.spack.mirror_fill import MirrorFilled
    from peso.products.engines.spack.source_mirror import MirrorSource

_MEBIBYTE = 1 << 20
_UNITS = 3
_PASSED_OVER = 10
_PARTS = (
    ("filled", "filled"),
    ("wrong", "another content has its name"),
    ("missing", "missing"),
    ("not-known", "not known what it is"),
    ("unproven", "there, not proven"),
)


def _filled(done: MirrorFilled) -> str:
    return "\n".join([*_head(done), *_sources(done), *_skipped(done)])


def _head(done: MirrorFilled) -> Iterator[str]:
    counts = Counter(one.outcome for one in done.sources)
    said = ", ".join(f"{number} {what}" for what, number in sorted(counts.items()))
    yield f"{done.mirror}: {len(done.sources)} sources: {said or 'none'}"
    size = done.bytes / _MEBIBYTE
    yield f"  read {done.hashed} files, {size:.1f} MiB, in {done.seconds:.2f} s"
    lacking = len(done.lacking)
    yield f"  it lacks {lacking}" if lacking else "  it lacks nothing"


def _sources(done: MirrorFilled) -> Iterator[str]:
    for outcome, title in _PARTS:
        several = [one for one in done.sources if one.outcome == outcome]
        if several:
            yield title
        for one in several:
            yield from _source(one)


def _source(one: MirrorSource) -> Iterator[str]:
    more = len(one.units) - _UNITS
    units = ", ".join(one.units[:_UNITS]) + (f" and {more} more" if more > 0 else "")
    what = one.sha256[:12] or one.other
    yield f"  {units}: {one.kind} {what}".rstrip()
    if one.file:
        yield f"    from {one.file}"
    if one.why:
        yield f"    {one.why}"
    if one.outcome == "missing":
        yield from (f"    could come from {url}" for url in one.urls)
        if not one.urls:
            yield "    no recipe at hand says where it could come from"


def _skipped(done: MirrorFilled) -> Iterator[str]:
    if done.skipped:
        yield f"not looked at: {len(done.skipped)}"
    for one in done.skipped[:_PASSED_OVER]:
        yield f"  {one.path}: {one.why}"
    if len(done.skipped) > _PASSED_OVER:
        yield f"  and {len(done.skipped) - _PASSED_OVER} more"


MIRROR_WORDS: dict[str, Callable[[Any], str]] = {"MirrorFilled": _filled}
"""How each record is said."""
