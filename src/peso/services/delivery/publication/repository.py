"""The repository: what a generation of TUF metadata says, and how the next one is made.

1. `targets` names no file: it delegates `<channel>/*` to each channel and `pages.manifest.json` to
   the pages, terminating. Files named by those roles are manifests only.
2. A generation is `targets`, the delegated roles and the `snapshot` that binds them by version,
   length and sha256. The timestamp that names a snapshot is made apart: laying it is the switch.
3. The next generation signs again what changed, what another key must sign now, and what is due by
   `Freshness`; the rest is carried over. Its versions are above every version ever seen.
4. What a channel names without a label, as an earlier PESO signed it, gets one when the channel is
   signed anyway; a key that has to be taken up first (`hold`) brings nothing else new.
5. A channel's key that was replaced stays named in the delegation (`x-peso-retired`): it signs no
   metadata any more, but the attestations of releases that were published under it.

Pure: metadata, keys, labels and `now` in, metadata out. Reads and writes no file.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from securesystemslib.signer import Key, Signer, SSlibKey
from tuf.api.exceptions import RepositoryError
from tuf.api.metadata import (
    DelegatedRole,
    Delegations,
    Metadata,
    MetaFile,
    Root,
    Snapshot,
    TargetFile,
    Targets,
    Timestamp,
)

from peso.services.delivery.freshness import Freshness
from peso.services.delivery.layout.delegations import RETIRED, channel_pattern, retired
from peso.services.delivery.layout.labels import (
    Label,
    is_but_for_label,
    label_on,
    put_label,
)
from peso.services.delivery.layout.places import PAGES, PAGES_PATH
from peso.services.delivery.signing.serialize import T, metadata_bytes

Delegator = Root | Targets
LabelOf = Callable[[str, TargetFile], Label | None]
"""Says which release a target of a channel is the manifest of; None: it is not known."""


class Signers(Protocol):
    """Who signs for a role now; `keys.KeyFolder` in earnest."""

    def public(self, role: str) -> SSlibKey:
        """Return the public key a role signs with now."""

    def signer(self, role: str) -> Signer:
        """Return the signer of a role."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Generation:
    """One whole set of metadata below the timestamp."""

    targets: Metadata[Targets]
    delegated: Mapping[str, Metadata[Targets]]
    snapshot: Metadata[Snapshot]

    def files(self) -> Mapping[str, bytes]:
        """Return each metadata file's name and bytes, in the order they are laid down."""
        laid = {f"{self.targets.signed.version}.targets.json": metadata_bytes(self.targets)}
        for role, metadata in self.delegated.items():
            laid[f"{metadata.signed.version}.{role}.json"] = metadata_bytes(metadata)
        laid[f"{self.snapshot.signed.version}.snapshot.json"] = metadata_bytes(self.snapshot)
        return laid


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What the next generation is to name: manifests by role and target path."""

    manifests: Mapping[str, Mapping[str, bytes]] = field(default_factory=dict)
    """For each role that changes: what it names anew, in bytes. What it named before stays."""
    labels: Mapping[str, Label] = field(default_factory=dict)
    """Which release each of them is, by target path; pages are none."""


def signed_by(delegator: Delegator, role: str, metadata: Metadata[T]) -> bool:
    """Say whether metadata is signed by the threshold of the keys a delegator gives its role."""
    try:
        delegator.verify_delegate(role, metadata.signed_bytes, metadata.signatures)
    except (RepositoryError, ValueError):
        return False
    return True


def says_the_same(one: Generation, wish: Wish, other: Generation) -> bool:
    """Say whether a generation names exactly what `other` names with the wish fulfilled.

    It may have labels where that has none.
    """
    roles = {*other.delegated, *wish.manifests}
    return set(one.delegated) == roles and all(
        _are(one.delegated[role].signed.targets, _files_of(role, wish, other)) for role in roles
    )


def _are(named: Mapping[str, TargetFile], wished: Mapping[str, TargetFile]) -> bool:
    return named.keys() == wished.keys() and all(
        is_but_for_label(target, wished[path]) for path, target in named.items()
    )


def next_generation(  # noqa: PLR0913 - the state, the wish and what signs it
    current: Generation | None,
    wish: Wish,
    *,
    root: Root,
    seen: Mapping[str, int],
    keys: Signers,
    freshness: Freshness,
    now: datetime,
    hold: bool = False,
    label_of: LabelOf = lambda _channel, _target: None,
) -> Generation:
    """Make the next generation; returns `current` itself where nothing is to be signed.

    Args:
        current: What is published; None for the first.
        wish: What it is to name besides.
        root: The newest root: its keys must have signed `targets` and the snapshot.
        seen: The highest version of each role that was ever laid down.
        keys: Who signs.
        freshness: How long signatures count.
        now: The present moment.
        hold: Take up no key but those `root` asks for, and renew nothing that is only due.
        label_of: Asked of what a channel that is signed names without a label.
    """
    maker = _Maker(
        root=root,
        seen=seen,
        keys=keys,
        freshness=freshness,
        now=now,
        hold=hold,
        label_of=label_of,
    )
    roles = {**(current.delegated if current else {}), **wish.manifests}
    targets = maker.targets(current.targets if current else None, tuple(roles))
    delegated = {
        role: maker.delegated(
            role,
            current.delegated.get(role) if current else None,
            _files_of(role, wish, current),
            targets.signed,
        )
        for role in sorted(roles)
    }
    snapshot = maker.snapshot(current.snapshot if current else None, targets, delegated)
    if current is not None and snapshot is current.snapshot:
        return current
    return Generation(targets=targets, delegated=delegated, snapshot=snapshot)


def next_timestamp(  # noqa: PLR0913 - as above
    last: Metadata[Timestamp] | None,
    snapshot: Metadata[Snapshot],
    *,
    root: Root,
    keys: Signers,
    freshness: Freshness,
    now: datetime,
    first: int = 1,
) -> Metadata[Timestamp]:
    """Make the timestamp that names a snapshot; returns `last` itself where it still does."""
    maker = _Maker(root=root, seen={}, keys=keys, freshness=freshness, now=now)
    meta = meta_file(snapshot)
    if (
        last is not None
        and last.signed.snapshot_meta == meta
        and maker.stands("timestamp", last, root)
    ):
        return last
    version = last.signed.version + 1 if last else first
    expires = freshness.expires("timestamp", now)
    return maker.sign("timestamp", Timestamp(version=version, expires=expires, snapshot_meta=meta))


def meta_file(metadata: Metadata[T]) -> MetaFile:
    """Return how metadata is named by the one above it: version, length and sha256."""
    return MetaFile.from_data(metadata.signed.version, metadata_bytes(metadata), ["sha256"])


@dataclass(frozen=True, slots=True, kw_only=True)
class _Maker:
    """Makes the metadata of one generation, role by role."""

    root: Root
    seen: Mapping[str, int]
    keys: Signers
    freshness: Freshness
    now: datetime
    hold: bool = False
    label_of: LabelOf = lambda _channel, _target: None

    def sign(self, role: str, signed: T) -> Metadata[T]:
        """Sign what a role says."""
        metadata = Metadata(signed)
        metadata.sign(self.keys.signer(role))
        return metadata

    def stands(self, role: str, metadata: Metadata[T], delegator: Delegator) -> bool:
        """Say whether a signature may be carried over: by the right key, and not yet due."""
        due = self.freshness.due(role, metadata.signed.expires, self.now)
        return (self.hold or not due) and signed_by(delegator, role, metadata)

    def targets(self, last: Metadata[Targets] | None, roles: tuple[str, ...]) -> Metadata[Targets]:
        """Make the list of delegations."""
        delegations = last.signed.delegations if last else None
        if delegations is None or not self.hold:
            public = {role: self.keys.public(role) for role in sorted(roles)}
            delegations = _delegations(delegations, public)
        if (
            last is not None
            and last.signed.delegations == delegations
            and self.stands("targets", last, self.root)
        ):
            return last
        return self.sign(
            "targets",
            Targets(
                version=self._version("targets", last),
                expires=self.freshness.expires("targets", self.now),
                delegations=delegations,
            ),
        )

    def delegated(
        self,
        role: str,
        last: Metadata[Targets] | None,
        named: Mapping[str, TargetFile],
        targets: Targets,
    ) -> Metadata[Targets]:
        """Make what a channel, or the pages, names."""
        if last is not None and last.signed.targets == named and self.stands(role, last, targets):
            return last
        if self.hold and last is not None and not self._may_sign(role, targets):
            return last
        return self.sign(
            role,
            Targets(
                version=self._version(role, last),
                expires=self.freshness.expires(role, self.now),
                targets=self._labelled(role, named),
            ),
        )

    def _labelled(self, role: str, named: Mapping[str, TargetFile]) -> dict[str, TargetFile]:
        """Return what a role names, with a label where one was missing and is known."""
        if self.hold or role == PAGES:
            return dict(named)
        return {
            path: target
            if label_on(role, target)
            else put_label(target, self.label_of(role, target))
            for path, target in named.items()
        }

    def snapshot(
        self,
        last: Metadata[Snapshot] | None,
        targets: Metadata[Targets],
        delegated: Mapping[str, Metadata[Targets]],
    ) -> Metadata[Snapshot]:
        """Bind the generation together."""
        meta = {"targets.json": meta_file(targets)}
        meta |= {f"{role}.json": meta_file(metadata) for role, metadata in delegated.items()}
        if (
            last is not None
            and last.signed.meta == meta
            and self.stands("snapshot", last, self.root)
        ):
            return last
        return self.sign(
            "snapshot",
            Snapshot(
                version=self._version("snapshot", last),
                expires=self.freshness.expires("snapshot", self.now),
                meta=meta,
            ),
        )

    def _may_sign(self, role: str, targets: Targets) -> bool:
        """Say whether the key a role has now is the one it is delegated to."""
        return self.keys.public(role).keyid in targets.get_delegated_role(role).keyids

    def _version(self, role: str, last: Metadata[T] | None) -> int:
        return max(self.seen.get(role, 0), last.signed.version if last else 0) + 1


def _files_of(role: str, wish: Wish, current: Generation | None) -> Mapping[str, TargetFile]:
    """Return what a role is to name: what it named before, and the wish."""
    last = current.delegated.get(role) if current else None
    wished = wish.manifests.get(role, {})
    return {
        **(last.signed.targets if last else {}),
        **{
            path: put_label(TargetFile.from_data(path, data, ["sha256"]), wish.labels.get(path))
            for path, data in wished.items()
        },
    }


def _delegations(last: Delegations | None, public: Mapping[str, Key]) -> Delegations:
    """Delegate to each role under its present key; a key that is replaced is kept as retired."""
    keys: dict[str, Key] = {}
    roles: dict[str, DelegatedRole] = {}
    for name, key in public.items():
        before = (last.roles or {}).get(name) if last else None
        old = [*retired(before), *before.keyids] if before else []
        old = sorted({keyid for keyid in old if keyid != key.keyid})
        known = last.keys if last else {}
        keys |= {keyid: known[keyid] for keyid in old if keyid in known}
        keys[key.keyid] = key
        roles[name] = DelegatedRole(
            name,
            [key.keyid],
            1,
            terminating=True,
            paths=[PAGES_PATH if name == PAGES else channel_pattern(name)],
            unrecognized_fields={RETIRED: old} if old else {},
        )
    return Delegations(keys, roles)
