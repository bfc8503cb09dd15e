"""What a source mirror must hold for a lock, and where in it Spack looks.

1. A file with a sha256 is wanted once, whichever units need it; its place is
   `_source-cache/archive/ab/abcd….ENDING`, the ending as the URL's. Where the URL is not known,
   several endings may be the right one: it is put under each.
2. What has another digest, or is a checkout of git, has a place too, but nothing here can prove it.
3. A patch that no recipe gives a URL lies beside a recipe: Spack never looks for it in a mirror.
4. What is not known of a unit stays on the list, with the reason.

Pure; `mirror_fill.py` looks at the disk.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import urlsplit

from peso.base.finding import Unknown
from peso.base.record import Record
from peso.products.engines.native import NativeUnit, SourceFile

CACHE = "_source-cache"
_DIGEST, _COMMIT = 2, "commit:"
_PLAIN = frozenset("0123456789abcdef")
_SHA256 = re.compile(r"[0-9a-f]{64}").fullmatch
_ENDING = re.compile(r"\.?[A-Za-z0-9]{1,8}(\.[A-Za-z0-9]{1,8})?").fullmatch

SourceOutcome = Literal["there", "filled", "missing", "wrong", "unproven", "beside", "not-known"]


class MirrorSource(Record):
    """One thing that units of a lock are made from, and what became of it."""

    kind: str
    """`archive`, `resource`, `patch`, `git`; `not-known`."""
    units: tuple[str, ...]
    """The units that need it: `hypre@2.26.0/uoe5vsf`."""
    outcome: SourceOutcome
    """`there`: it was in the mirror, its digest is right. `filled`: it is now. `missing`. `wrong`:
    another content has its name, and was left alone. `unproven`: it is there, and has no sha256
    to prove it by. `beside`: it lies beside a recipe, no mirror needs it. `not-known`: recipes do
    not say what it is."""
    sha256: str = ""
    other: str = ""
    """`commit:…`, `md5:…`: what stands for it where there is no sha256."""
    urls: tuple[str, ...] = ()
    """Where it could come from, as recipes say."""
    paths: tuple[str, ...] = ()
    """Where it is in the mirror, or would be."""
    file: str = ""
    """The file it was filled from."""
    why: str = ""


@dataclass(slots=True, kw_only=True)
class Wanted:
    """One thing a mirror must hold, while it is looked for."""

    kind: str
    sha256: str = ""
    other: str = ""
    why: str = ""
    units: dict[str, None] = field(default_factory=dict)
    urls: dict[str, None] = field(default_factory=dict)
    endings: dict[str, None] = field(default_factory=dict)
    sure: bool = True
    """Whether all endings are known from URLs."""
    place: str = ""
    """Where Spack looks for it, without an ending; empty: nowhere in a mirror."""

    @property
    def is_checkout(self) -> bool:
        """Whether it is a checkout of git."""
        return self.kind == "git" or self.other.startswith(_COMMIT)

    def paths(self, more: Iterable[str] = ()) -> tuple[str, ...]:
        """Return its paths in the mirror; `more` endings count where none is sure."""
        endings = dict.fromkeys((*self.endings, *(() if self.sure else more)))
        if not self.place:
            return ()
        if not self.sure and len(endings) > 1:
            endings.pop("", None)
        return tuple(f"{self.place}.{one}" if one else self.place for one in endings)

    def became(
        self,
        outcome: SourceOutcome,
        *,
        file: str = "",
        why: str = "",
        paths: tuple[str, ...] | None = None,
    ) -> MirrorSource:
        """Return the record of what became of it."""
        return MirrorSource(
            kind=self.kind,
            units=tuple(self.units),
            outcome=outcome,
            sha256=self.sha256,
            other=self.other,
            urls=tuple(self.urls),
            paths=self.paths() if paths is None else paths,
            file=file,
            why=why or self.why,
        )


def wanted_by(units: Iterable[NativeUnit]) -> tuple[Wanted, ...]:
    """Return all that units are made from, each once, in the order of the units."""
    found: dict[tuple[str, ...], Wanted] = {}
    key: tuple[str, ...]
    for unit in units:
        if unit.external is not None:
            continue
        if isinstance(unit.sources, Unknown):
            reason = unit.sources.unknown
            key = ("not-known", unit.name, unit.version, reason)
            one = found.setdefault(key, Wanted(kind="not-known", why=reason))
            one.units[unit.label] = None
            continue
        for source in unit.sources:
            key = (source.sha256,) if source.sha256 else (source.kind, source.url, source.other)
            if key not in found:
                found[key] = Wanted(
                    kind=source.kind,
                    sha256=source.sha256,
                    other="" if source.sha256 else source.other,
                    place=_place(source),
                )
            _add(found[key], source, unit)
    return tuple(found.values())


def _add(wanted: Wanted, source: SourceFile, unit: NativeUnit) -> None:
    wanted.units[unit.label] = None
    if source.url:
        wanted.urls[source.url] = None
    elif source.kind != "patch":
        wanted.sure = False
    ending = "tar.gz" if _is_git(source) else source.ending
    wanted.endings[ending if _ENDING(ending) else ""] = None


def _is_git(source: SourceFile) -> bool:
    return source.kind == "git" or source.other.startswith(_COMMIT)


def _place(source: SourceFile) -> str:
    """Return where Spack looks for a source in a mirror, without the ending."""
    if source.sha256:
        if (source.kind == "patch" and not source.url) or not _SHA256(source.sha256):
            return ""
        return f"{CACHE}/archive/{source.sha256[:_DIGEST]}/{source.sha256}"
    kind, _, text = source.other.partition(":")
    if _is_git(source):
        path = urlsplit(source.url).path.strip("/")
        parts = path.split("/")
        if kind != "commit" or ".." in parts or not set(text) <= _PLAIN:
            return ""
        return f"{CACHE}/git/{path}/{text}"
    if text and set(text) <= _PLAIN:
        return f"{CACHE}/archive/{text[:_DIGEST]}/{text}"
    return ""
