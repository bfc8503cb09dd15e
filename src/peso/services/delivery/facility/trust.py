"""Trusted roots: pinned by a person, filed by digest, with what was last seen under each.

    <state>/<sha256>/root.json       the root's bytes, exactly as they were given
    <state>/<sha256>/pinned.json     when it was pinned; absent for a root only used with `--root`
    <state>/<sha256>/accepted.json   the latest date a publication was accepted as of
    <state>/<sha256>/seen/           what TUF's client saw last, so that rollback is noticed

1. A root is pinned, never found: it comes from a person, by file and digest.
2. It is taken only if it is self-signed to its threshold and, to be pinned, has not expired.
3. A root that lies inside what is being verified proves nothing and is refused.
4. Of several pinned roots, the one whose own bytes the publication carries is used; a publication
   only chooses among roots a person pinned.
5. A root marked as development is refused unless the caller says otherwise, in so many words.

`state` is the folder of trust itself, e.g. `$XDG_STATE_HOME/peso/trust`.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError
from tuf.api.metadata import Root

from peso.base.digest import sha256_bytes
from peso.base.files import disk, write_atomic
from peso.base.record import Record
from peso.errors import BadInput, Reason, Refused
from peso.services.delivery.facility.fetchers import Source
from peso.services.delivery.signing.roots import is_development
from peso.services.delivery.signing.serialize import metadata_limit
from peso.services.delivery.signing.signed import Place, prove_signed, read_signed, ring

R = TypeVar("R", bound=Record)

HOW_TO_PIN = (
    "get the root file and its sha256 from the publisher, then `peso trust add FILE --sha256 HEX`"
)


class Pinned(Record):
    """A root that a person pinned."""

    sha256: str
    version: int
    development: bool
    expires: datetime
    pinned: datetime


class _Accepted(Record):
    as_of: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """A root to start from, and the folder that remembers what was seen under it."""

    sha256: str
    data: bytes
    root: Root
    folder: Path

    @property
    def development(self) -> bool:
        """Whether the root is marked as made for development."""
        return is_development(self.root)


def read_root(data: bytes, *, where: str) -> Root:
    """Return the root in these bytes, self-signed to its threshold; expiry is not looked at."""
    place = Place(role=Root.type, version=None)
    try:
        root = read_signed(data, place, where=where).signed
    except Refused as error:
        raise BadInput("not a TUF root file", where=where, hint=HOW_TO_PIN) from error
    if not isinstance(root, Root):  # the place says so; this is for the type checker
        raise BadInput("not a TUF root file", where=where, hint=HOW_TO_PIN)
    prove_signed(data, place, [ring(root, Root.type)], where=where)
    return root


def pin(file: Path, sha256: str, state: Path, now: datetime) -> Pinned:
    """Pin the root in `file` if its digest is the one the person got from the publisher.

    Raises:
        BadInput: not a root file, or not a digest.
        Refused: another digest (`changed`), not signed to its threshold, or expired.
        Outside: `state` cannot be written.
    """
    data = _read_file(file)
    found = sha256_bytes(data)
    if found != sha256.strip().lower():
        raise Refused(
            f"its sha256 is {found}, not {sha256}",
            where=str(file),
            hint="ask the publisher for the root's sha256 over a way you trust",
            reason=Reason.CHANGED,
        )
    root = read_root(data, where=str(file))
    if root.is_expired(now):
        raise Refused(
            f"the root expired at {root.expires.isoformat()}",
            where=str(file),
            hint="ask the publisher for the current root",
            reason=Reason.EXPIRED,
        )
    pinned = Pinned(
        sha256=found,
        version=root.version,
        development=is_development(root),
        expires=root.expires,
        pinned=now,
    )
    folder = state / found
    write_atomic(folder / "root.json", data)
    write_atomic(folder / "pinned.json", pinned.canonical())
    return pinned


def pinned(state: Path) -> tuple[Pinned, ...]:
    """Return the pinned roots, in the order they were pinned."""
    found = [_read_record(Pinned, path) for path in sorted(state.glob("*/pinned.json"))]
    return tuple(sorted(found, key=lambda one: (one.pinned, one.sha256)))


def choose(file: Path | None, state: Path, source: Source, *, folder: Path | None) -> Trust:
    """Return the root to verify with: the given file, or the pinned one that fits the publication.

    Args:
        file: The root a person names; None to use a pinned one.
        state: The folder of trust.
        source: The publication.
        folder: The publication's folder; None for one behind a URL.

    Raises:
        Refused: `no-trusted-root`.
    """
    if file is not None:
        if folder is not None and file.resolve().is_relative_to(folder.resolve()):
            raise Refused(
                "a root from inside what is being verified proves nothing",
                where=str(file),
                hint=HOW_TO_PIN,
                reason=Reason.NO_TRUSTED_ROOT,
            )
        return _trust(_read_file(file), state, where=str(file))
    known = pinned(state)
    if not known:
        raise Refused(
            "no trusted root",
            where=source.where,
            hint=f"{HOW_TO_PIN}, or give it with `--root FILE`",
            reason=Reason.NO_TRUSTED_ROOT,
        )
    one = known[0] if len(known) == 1 else _fitting(known, source)
    path = state / one.sha256 / "root.json"
    data = _read_file(path)
    if sha256_bytes(data) != one.sha256:
        raise BadInput("the pinned root was damaged", where=str(path), hint=HOW_TO_PIN)
    return _trust(data, state, where=str(path))


def refuse_development(roots: Iterable[Root], *, where: str, unsafe: bool) -> None:
    """Refuse roots marked as development, unless the caller takes them in so many words."""
    if not unsafe and any(is_development(root) for root in roots):
        raise Refused(
            "its root is marked as development: such keys are nobody's word",
            where=where,
            hint="only to try things out: `--unsafe-development-keys`",
            reason=Reason.DEVELOPMENT_KEYS,
        )


def accepted(trust: Trust) -> datetime | None:
    """Return the latest date anything was accepted as of under this root; None if never."""
    path = trust.folder / "accepted.json"
    return _read_record(_Accepted, path).as_of if path.exists() else None


def accept(trust: Trust, as_of: datetime) -> None:
    """Remember that a publication was accepted as of this date; never goes back."""
    last = accepted(trust)
    if last is None or as_of > last:
        write_atomic(trust.folder / "accepted.json", _Accepted(as_of=as_of).canonical())


def _trust(data: bytes, state: Path, *, where: str) -> Trust:
    root, sha256 = read_root(data, where=where), sha256_bytes(data)
    return Trust(sha256=sha256, data=data, root=root, folder=state / sha256)


def _fitting(known: tuple[Pinned, ...], source: Source) -> Pinned:
    for one in known:
        with suppress(Refused):  # the publication has no such root, so this is not the one
            path = f"metadata/{one.version}.root.json"
            if sha256_bytes(source.read(path, limit=metadata_limit(Root))) == one.sha256:
                return one
    raise Refused(
        f"none of the {len(known)} pinned roots is this publication's",
        where=source.where,
        hint=HOW_TO_PIN,
        reason=Reason.NO_TRUSTED_ROOT,
    )


def _read_file(path: Path) -> bytes:
    limit = metadata_limit(Root)
    if not path.is_file():
        raise BadInput("there is no such root file", where=str(path), hint=HOW_TO_PIN)
    with disk(path, "read the root"), path.open("rb") as stream:
        data = stream.read(limit + 1)
    if len(data) > limit:
        raise BadInput("too long to be a root file", where=str(path), hint=HOW_TO_PIN)
    return data


def _read_record(model: type[R], path: Path) -> R:
    with disk(path, "read"):
        data = path.read_bytes()
    try:
        return model.parse(data)
    except ValidationError as error:
        raise BadInput(
            "PESO's own note on a trusted root was damaged",
            where=str(path),
            hint=f"remove {path.parent}, then pin the root again",
        ) from error
