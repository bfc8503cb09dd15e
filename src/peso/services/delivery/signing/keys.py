"""The folder of keys: made once, then opened by publishing, and rotated by `peso keys` only.

    root-1.pem root-2.pem root-3.pem      the root keys, 2 of 3; may be kept elsewhere between uses
    targets.pem pages.pem snapshot.pem timestamp.pem
    <channel>.pem ...                     one per channel
    1.root.json 2.root.json ...           the signed chain of roots

1. The folder is made complete beside its place and renamed into it; mode 0700, files 0600.
2. `KeyFolder` opens keys when they are first asked for, and never a root key.
3. Rotating removes the old key. The new one is written first (`.next-<role>.pem`), then the roots
   that name it, and it takes the old one's place last: an interrupted rotation is finished by the
   next one of the same role, and the folder signs at every moment.
4. A channel's or the pages' key is not named by the root but by the publication's `targets`
   metadata, which the next publishing renews.
5. Rotate one role at most once between two publishings: a publication two rotations behind has no
   signature that both roots take, and is a no for the moment it takes to move over.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from securesystemslib.signer import CryptoSigner, SSlibKey
from tuf.api.metadata import Root

from peso.base import files
from peso.base.digest import sha256_bytes
from peso.base.record import Record
from peso.errors import BadInput
from peso.services.delivery.freshness import Freshness
from peso.services.delivery.layout.places import PAGES
from peso.services.delivery.signing import keyfiles, roots

ROOT_KEYS = ("root-1", "root-2", "root-3")
_ONLINE = (*roots.TOP_ROLES, PAGES)
_CHANNEL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


class RoleShown(Record):
    """One role, as `peso keys show` tells it."""

    role: str
    keyids: tuple[str, ...]
    threshold: int
    files: tuple[str, ...]
    """The key files of the role that are in the folder."""


class KeysShown(Record):
    """A key folder, as `peso keys show` tells it; nothing in it is secret."""

    folder: str
    development: bool
    root_version: int
    root_expires: datetime
    root_sha256: str
    """Digest of the first root: what a facility pins."""
    roles: tuple[RoleShown, ...]


class KeyFolder:
    """The signers that publishing needs, by role; never those of the root."""

    def __init__(self, folder: Path, passphrase: bytes) -> None:
        self.folder = folder
        self.chain = read_chain(folder)
        self.roots = roots.prove_chain(self.chain, where=str(folder))
        self._passphrase = passphrase
        self._signers: dict[str, CryptoSigner] = {}

    @property
    def development(self) -> bool:
        """Whether these keys are for development."""
        return roots.is_development(self.roots[-1])

    def root_bytes(self) -> bytes:
        """Return the first root: what a facility pins."""
        return self.chain[0]

    def public(self, role: str) -> SSlibKey:
        """Return the public key that a role signs with now."""
        return keyfiles.read_public(self._file(role))

    def signer(self, role: str) -> CryptoSigner:
        """Return the signer of a role; opens its key at the first call."""
        if role not in self._signers:
            self._signers[role] = keyfiles.open_key(self._file(role), self._passphrase)
        return self._signers[role]

    def _file(self, role: str) -> Path:
        """Return the file of the key that the newest root, or the folder alone, gives a role."""
        _refuse_name(role)
        path = _key_file(self.folder, role)
        if role not in roots.TOP_ROLES:
            return path
        named = self.roots[-1].roles[role].keyids
        for candidate in (path, _next_file(self.folder, role)):
            if candidate.exists() and keyfiles.read_public(candidate).keyid in named:
                return candidate
        if path.exists():
            raise BadInput(
                f"the key {role} is not the one the newest root names",
                where=str(path),
                hint="bring the right one back, or make another: `peso keys rotate`",
            )
        return path


def has_keys(folder: Path) -> bool:
    """Say whether a folder holds a finished set of keys."""
    return (folder / "1.root.json").is_file()


def create_keys(  # noqa: PLR0913 - every argument is a decision of its own
    folder: Path,
    *,
    passphrase: bytes,
    channels: tuple[str, ...],
    development: bool,
    freshness: Freshness,
    now: datetime,
) -> bytes:
    """Make all keys and the first root; returns the root's bytes.

    Raises:
        BadInput: keys are there already, the place is one where keys must not lie, or a channel
            has a name that is taken.
        Outside: the disk is full or cannot be written.
    """
    for channel in channels:
        _refuse_channel(channel)
    folder = folder.absolute()
    _refuse_place(folder, development=development)
    making = folder.parent / f".{folder.name}.making"
    files.make_folder(folder.parent)
    lock = folder.parent / f".{folder.name}.lock"
    with files.locked(lock, who="peso keys"):
        _refuse_taken(folder)
        if making.exists():
            files.remove_tree(making)
        files.make_folder(making, mode=0o700)
        with files.disk(folder, "make"):
            making.chmod(0o700)
        root = [keyfiles.write_key(_key_file(making, name), passphrase) for name in ROOT_KEYS]
        online = {
            role: keyfiles.write_key(_key_file(making, role), passphrase).public_key
            for role in (*_ONLINE, *channels)
        }
        data = roots.first_root(root, online, development=development, freshness=freshness, now=now)
        files.write_atomic(making / "1.root.json", data)
        with files.disk(folder, "make"):
            files.settle(making, folder)
        files.remove_tree(lock)
    return data


def add_channel(folder: Path, passphrase: bytes, channel: str) -> None:
    """Make the key of a new channel; the next publishing in it names it to readers."""
    _refuse_channel(channel)
    with _locked(folder):
        if _key_file(folder, channel).exists():
            raise BadInput(
                f"the channel {channel} has a key", where=str(folder), hint="`peso keys rotate`"
            )
        keyfiles.write_key(_key_file(folder, channel), passphrase)


def rotate(
    folder: Path, passphrase: bytes, role: str, *, now: datetime, freshness: Freshness
) -> None:
    """Give a role a new key and take the old one away.

    `role` may be one root key (`root-2`); `root` changes no key but signs a root of a later expiry.

    The publication follows at the next publishing. Finishes a rotation of the same role that was
    interrupted.

    Raises:
        BadInput: no such role, too few root keys in the folder, or a wrong passphrase.
    """
    notary = _Notary(folder=folder, passphrase=passphrase, freshness=freshness, now=now)
    with _locked(folder):
        if role == "root":
            notary.sign("root", add=None, remove=())
            return
        if role in roots.TOP_ROLES or role in ROOT_KEYS:
            _rotate_top(notary, role)
            return
        _refuse_name(role)
        path = _key_file(folder, role)
        keyfiles.open_key(
            path, passphrase
        )  # refuses a role that has no key, and a wrong passphrase
        keyfiles.write_key(path, passphrase)


def show(folder: Path) -> KeysShown:
    """Tell what a key folder holds; opens no private key and needs no passphrase."""
    chain = read_chain(folder)
    last = roots.prove_chain(chain, where=str(folder))[-1]
    here = {path.stem: keyfiles.read_public(path).keyid for path in _key_files(folder)}
    told = [
        RoleShown(
            role=name,
            keyids=tuple(role.keyids),
            threshold=role.threshold,
            files=tuple(f"{stem}.pem" for stem, keyid in here.items() if keyid in role.keyids),
        )
        for name, role in last.roles.items()
        if role.keyids
    ]
    told += [
        RoleShown(role=stem, keyids=(keyid,), threshold=1, files=(f"{stem}.pem",))
        for stem, keyid in here.items()
        if stem not in roots.TOP_ROLES and stem not in ROOT_KEYS
    ]
    return KeysShown(
        folder=str(folder),
        development=roots.is_development(last),
        root_version=last.version,
        root_expires=last.expires,
        root_sha256=sha256_bytes(chain[0]),
        roles=tuple(told),
    )


def read_chain(folder: Path) -> tuple[bytes, ...]:
    """Return the roots of a key folder in order, unproven.

    Raises:
        BadInput: there is none.
    """
    found: list[bytes] = []
    with files.disk(folder, "read the keys"):
        while (path := folder / f"{len(found) + 1}.root.json").exists():
            found.append(path.read_bytes())
    if not found:
        raise BadInput("no keys here", where=str(folder), hint="make them: `peso keys init`")
    return tuple(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Notary:
    """Writes the next root into a key folder."""

    folder: Path
    passphrase: bytes
    freshness: Freshness
    now: datetime

    def last(self) -> Root:
        """Return the newest root, proven from the first."""
        return roots.prove_chain(read_chain(self.folder), where=str(self.folder))[-1]

    def sign(self, role: str, *, add: SSlibKey | None, remove: Iterable[str]) -> None:
        """Write the root that follows the newest one, signed by the root keys that are here."""
        last = self.last()
        here = [_key_file(self.folder, name) for name in ROOT_KEYS]
        here += [_next_file(self.folder, name) for name in ROOT_KEYS]
        data = roots.next_root(
            last,
            [keyfiles.open_key(path, self.passphrase) for path in here if path.exists()],
            role=role,
            add=add,
            remove=remove,
            freshness=self.freshness,
            now=self.now,
        )
        files.write_atomic(self.folder / f"{last.version + 1}.root.json", data)


def _rotate_top(notary: _Notary, role: str) -> None:
    """Rotate a key that the root names, or finish doing so."""
    path, coming = _key_file(notary.folder, role), _next_file(notary.folder, role)
    named = "root" if role in ROOT_KEYS else role
    last = notary.last()
    keyids = set(last.roles[named].keyids)
    if not (coming.exists() and keyfiles.read_public(coming).keyid in keyids):
        new = keyfiles.write_key(coming, notary.passphrase).public_key
        gone = _root_key_gone(notary.folder, role, keyids) if named == "root" else ()
        notary.sign(named, add=new, remove=gone)
    old = set(notary.last().roles[named].keyids) - {keyfiles.read_public(coming).keyid}
    if named != "root" and old:
        notary.sign(named, add=None, remove=sorted(old))
    with files.disk(path, "replace the key"):
        files.settle(coming, path)


def _root_key_gone(folder: Path, role: str, keyids: set[str]) -> tuple[str, ...]:
    """Return the id of the root key that `role` names, also when its file is lost."""
    path = _key_file(folder, role)
    if path.exists():
        return (keyfiles.read_public(path).keyid,)
    others = [_key_file(folder, name) for name in ROOT_KEYS if name != role]
    rest = keyids - {keyfiles.read_public(one).keyid for one in others if one.exists()}
    if len(rest) != 1:
        raise BadInput(
            f"cannot tell the lost key {role} from other root keys that are not here",
            where=str(folder),
            hint="bring the other root keys into the key folder first",
        )
    return tuple(rest)


def _key_file(folder: Path, role: str) -> Path:
    return folder / f"{role}.pem"


def _next_file(folder: Path, role: str) -> Path:
    return folder / f".next-{role}.pem"


def _key_files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob("*.pem") if not path.name.startswith("."))


def _refuse_name(role: str) -> None:
    """Refuse what is no role that signs outside the root."""
    if role in ROOT_KEYS or role == "root" or not _CHANNEL.fullmatch(role):
        raise BadInput(f"{role!r} is not a role that signs here")


def _refuse_channel(channel: str) -> None:
    """Refuse a channel whose name is taken by a role, or is not a name."""
    if channel in {"root", *ROOT_KEYS, *_ONLINE} or not _CHANNEL.fullmatch(channel):
        raise BadInput(
            f"a channel cannot be called {channel!r}",
            hint="letters, digits, '.', '_' and '-'; not the name of a role",
        )


def _refuse_taken(folder: Path) -> None:
    """Refuse to write over anything."""
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise BadInput("not a folder", where=str(folder), hint="choose another place for the keys")
    if folder.is_dir() and any(folder.iterdir()):
        said = "keys are here already" if has_keys(folder) else "the folder is not empty"
        raise BadInput(
            f"{said}; nothing is overwritten",
            where=str(folder),
            hint="use them, rotate one (`peso keys rotate`), or choose another folder",
        )


def _refuse_place(folder: Path, *, development: bool) -> None:
    """Refuse a place where keys would be carried away: publication, ledger, checkout."""
    real = folder.resolve()
    for place in (real, *real.parents):
        if (place / "metadata" / "timestamp.json").exists():
            what = "a publication"
        elif development:
            continue  # fresh keys for a demonstration lie in `.peso/dev-keys/`
        elif place.name == ".peso" or (place / "blobs" / "sha256").is_dir():
            what = "a ledger"
        elif (place / ".git").exists():
            what = "a git checkout"
        else:
            continue
        raise BadInput(
            f"keys must not lie inside {what} ({place})",
            where=str(folder),
            hint="choose a folder of your own outside, for example ~/.config/peso/keys",
        )


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    read_chain(folder)
    with files.locked(folder / ".lock", who="peso keys"):
        yield
