"""The chain: from a pinned root to the signed list of release manifests, by TUF's own client.

1. The workflow is `tuf.ngclient.Updater`; it gets bytes from a source and keeps what it saw under
   the pinned root, so an older index is noticed the next time, from a folder or a URL alike.
2. Signatures are judged at the later of now and the last date accepted. `as_of` moves that back for
   timestamp and snapshot only, never before the last date accepted; root, list of channels,
   channels and pages must not have expired now.
3. A role signs for its own paths only, and nothing but manifests: `<channel>/…manifest.json`, and
   `pages.manifest.json` for the pages. A channel does not delegate further.
4. Each manifest is fetched by TUF's client with exactly its signed length and digest. Where one
   release is asked for, `pick.py` says which, and no other is fetched that does not have to be.
5. Every exception of TUF becomes one of ours (`refusals.py`), with the path it is about.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from tuf.api import exceptions
from tuf.api.metadata import Root, Snapshot, TargetFile, Targets, Timestamp
from tuf.ngclient import Updater, UpdaterConfig

from peso.base.digest import sha256_bytes
from peso.base.files import locked
from peso.errors import BadInput, Outside, Reason, Refused
from peso.services.delivery.facility.choice import Meant
from peso.services.delivery.facility.fetchers import BASE, Fetcher, Source, inside
from peso.services.delivery.facility.pick import pick
from peso.services.delivery.facility.refusals import expired, refusal, translated
from peso.services.delivery.facility.report import Doubt, NotProven, doubt, swapped
from peso.services.delivery.facility.target import Target
from peso.services.delivery.facility.trust import Trust, accepted, read_root
from peso.services.delivery.layout.labels import label_on
from peso.services.delivery.layout.places import PAGES, PAGES_PATH, target_path
from peso.services.delivery.signing.serialize import MANIFEST_LIMIT

_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """What is current, as TUF's client proved it."""

    trust: Trust
    roots: Mapping[int, Root]
    """By version, from the pinned one on; the last one is current."""
    timestamp: Timestamp
    snapshot: Snapshot
    targets: Targets
    delegated: Mapping[str, Targets]
    """Channels and pages, by role."""
    as_of: datetime
    """The time timestamp and snapshot were judged at."""
    fresh: bool
    """Whether that was now."""
    manifests: tuple[Target, ...]
    """All there are; where one release was asked for, only its own."""
    doubts: tuple[Doubt, ...]
    """Manifests that could not be proven."""

    @property
    def root(self) -> Root:
        """The current root."""
        return self.roots[max(self.roots)]

    @property
    def fresh_until(self) -> datetime:
        """When the first signature over the index expires."""
        return min(self.timestamp.expires, self.snapshot.expires)


def follow(
    source: Source,
    trust: Trust,
    *,
    now: datetime,
    unsafe_as_of: datetime | None,
    only: Meant | None = None,
) -> Chain:
    """Follow the chain from a pinned root to the manifests, or to the only one that is meant.

    Raises:
        Refused: the chain does not hold; `where` is the file that breaks it.
        Outside: the source or the folder of trust fails.
        BadInput: `unsafe_as_of` is no date one may ask for.
    """
    judged_at = _judged_at(accepted(trust), now, unsafe_as_of)
    with ExitStack() as stack:
        try:
            (trust.folder / "seen").mkdir(parents=True, exist_ok=True)
            lock = locked(trust.folder / "lock", who="peso verify", wait=True)
            stack.enter_context(lock)
        except (OSError, Outside) as error:
            raise _cannot_keep(error, trust.folder) from error
        scratch = stack.enter_context(TemporaryDirectory(prefix="peso-verify-"))
        try:
            return _follow(source, trust, judged_at, now, Path(scratch), only)
        except OSError as error:  # a source says its own errors; these are TUF's client writing
            raise _cannot_keep(error, trust.folder) from error


def _cannot_keep(error: Exception, folder: Path) -> Outside:
    """Say that rollback would go unnoticed; verifying without that memory is not done instead."""
    return Outside(
        f"cannot keep what was seen under a trusted root: {error}",
        where=str(folder),
        hint="set XDG_STATE_HOME to a folder that can be written",
    )


def _judged_at(last: datetime | None, now: datetime, as_of: datetime | None) -> datetime:
    """Return the time to judge freshness at; a clock set back does not make old things fresh."""
    if as_of is None:
        return now if last is None else max(now, last)
    if as_of.tzinfo is None:
        as_of = as_of.replace(tzinfo=UTC)
    if as_of > now:
        raise BadInput(f"{as_of.isoformat()} has not come yet", where="--unsafe-as-of")
    if last is None or as_of >= last:
        return as_of
    if as_of.date() == last.date():
        return last  # people give a day, and the last accepted moment was later on that day
    raise Refused(
        f"something was accepted as of {last:%Y-%m-%d}, so {as_of:%Y-%m-%d} is too early",
        where="--unsafe-as-of",
        hint=f"{last:%Y-%m-%d} or later; better, fetch the publication again",
        reason=Reason.ROLLBACK,
    )


def _follow(  # noqa: PLR0913, PLR0917 - what `follow` gathers
    source: Source,
    trust: Trust,
    judged_at: datetime,
    now: datetime,
    scratch: Path,
    only: Meant | None,
) -> Chain:
    seen = trust.folder / "seen"
    fetcher = Fetcher(source)
    updater = _client(fetcher, seen, trust.data)
    # TUF's client has no argument for the time and no way to ask what it trusts: both are here.
    trusted = updater._trusted_set  # noqa: SLF001
    trusted.reference_time = judged_at
    try:
        updater.refresh()
        for role, probe in _roles(trusted.targets):
            updater.get_targetinfo(probe)  # makes the client fetch and prove the role's metadata
            if role not in trusted:
                raise _no_say("targets", trusted.targets.version, f"a role {role!r} out of reach")
    except (exceptions.RepositoryError, exceptions.DownloadError) as error:
        known = (trusted.root, trusted.targets) if Targets.type in trusted else (trusted.root,)
        raise refusal(error, fetcher, known, judged_at) from error
    delegated = {role: trusted[role] for role, _ in _roles(trusted.targets)}
    proven = {role: one for role, one in delegated.items() if isinstance(one, Targets)}
    _not_expired(trusted.root, trusted.targets, proven, max(now, judged_at))
    _own_say_only(trusted.targets, proven)
    manifests, doubts = _manifests(updater, fetcher, proven, scratch, only)
    fresh = not trusted.timestamp.is_expired(now) and not trusted.snapshot.is_expired(now)
    return Chain(
        trust=trust,
        roots=_roots(trust, seen, trusted.root.version),
        timestamp=trusted.timestamp,
        snapshot=trusted.snapshot,
        targets=trusted.targets,
        delegated=proven,
        as_of=max(now, judged_at) if fresh else judged_at,
        fresh=fresh,
        manifests=manifests,
        doubts=doubts,
    )


def _client(fetcher: Fetcher, seen: Path, root: bytes) -> Updater:
    return Updater(
        metadata_dir=str(seen),
        metadata_base_url=f"{BASE}metadata/",
        target_base_url=f"{BASE}targets/",
        fetcher=fetcher,
        config=UpdaterConfig(),
        bootstrap=root,
    )


def _roles(targets: Targets) -> tuple[tuple[str, str], ...]:
    """Return each delegated role with a target path that leads TUF's client to it."""
    delegations = targets.delegations
    if delegations is None or delegations.roles is None:
        return ()
    return tuple((role, PAGES_PATH if role == PAGES else f"{role}/_") for role in delegations.roles)


def _roots(trust: Trust, seen: Path, current: int) -> dict[int, Root]:
    """Read back the roots TUF's client just proved, from the pinned one to the current one."""
    roots = {trust.root.version: trust.root}
    for version in range(trust.root.version + 1, current + 1):
        path = seen / "root_history" / f"{version}.root.json"
        roots[version] = read_root(path.read_bytes(), where=f"metadata/{version}.root.json")
    return roots


def _not_expired(
    root: Root, targets: Targets, delegated: Mapping[str, Targets], now: datetime
) -> None:
    """Refuse what no `as_of` lifts: an expired root, list of channels, channel or pages."""
    for role, signed in [("root", root), ("targets", targets), *delegated.items()]:
        if signed.is_expired(now):
            raise expired(role, f"metadata/{signed.version}.{role}.json", signed.expires)


def _own_say_only(targets: Targets, delegated: Mapping[str, Targets]) -> None:
    """Refuse a role that names what it has no say over, whoever holds its key (rule 3)."""
    if targets.targets:
        raise _no_say("targets", targets.version, "a file of its own")
    for role, signed in delegated.items():
        if signed.delegations is not None:
            raise _no_say(role, signed.version, "further roles")
        for name, target in signed.targets.items():
            folder, _, file = name.rpartition("/")
            release = folder == role and file.endswith(".manifest.json")
            if name != PAGES_PATH if role == PAGES else not release:
                raise _no_say(role, signed.version, repr(name))
            where = f"metadata/{signed.version}.{role}.json"
            if set(target.hashes) != {"sha256"} or not _SHA256.fullmatch(target.hashes["sha256"]):
                raise Refused(f"{name} has no sha256", where=where, reason=Reason.CHANGED)
            try:
                inside(target_path(name, target))
            except Refused as error:
                raise Refused(error.message, where=where, reason=error.reason) from error


def _no_say(role: str, version: int, what: str) -> Refused:
    return Refused(
        f"{role} names {what}, which it has no say over",
        where=f"metadata/{version}.{role}.json",
        reason=Reason.UNKNOWN_SIGNER,
    )


def _manifests(
    updater: Updater,
    fetcher: Fetcher,
    delegated: Mapping[str, Targets],
    scratch: Path,
    only: Meant | None,
) -> tuple[tuple[Target, ...], tuple[Doubt, ...]]:
    """Fetch every manifest; one that is not as it was signed is a doubt, and the next follows."""
    named = [
        (role, target)
        for role, signed in sorted(delegated.items())
        for _, target in sorted(signed.targets.items())
    ]
    places = {target.hashes["sha256"]: target_path(target.path, target) for _, target in named}

    def fetch(role: str, target: TargetFile) -> Target:
        try:
            return _manifest(updater, fetcher, role, target, scratch)
        except Refused as error:
            place = target_path(target.path, target)
            other = places.get(sha256_bytes(fetcher.data)) if fetcher.data else None
            raise NotProven([swapped(place, other) if other else doubt(error, place)]) from error

    if only is not None:
        return (pick([one for one in named if one[0] != PAGES], only, fetch),), ()
    found: list[Target] = []
    doubts: list[Doubt] = []
    for role, target in named:
        try:
            found.append(fetch(role, target))
        except NotProven as error:
            doubts += error.doubts
    return tuple(found), tuple(doubts)


def _manifest(
    updater: Updater, fetcher: Fetcher, role: str, target: TargetFile, scratch: Path
) -> Target:
    place, sha256 = target_path(target.path, target), target.hashes["sha256"]
    if target.length > MANIFEST_LIMIT:
        raise Refused("longer than a manifest may be", where=place, reason=Reason.TOO_LARGE)
    fetcher.limit = target.length
    try:
        path = updater.download_target(target, str(scratch / sha256))
    except (exceptions.RepositoryError, exceptions.DownloadError) as error:
        raise translated(error, place) from error
    return Target(
        role=role,
        name=target.path,
        place=place,
        sha256=sha256,
        data=Path(path).read_bytes(),
        label=label_on(role, target),
    )
