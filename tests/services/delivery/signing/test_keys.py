from __future__ import annotations

import shutil
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from tuf.api.metadata import Metadata, Root

from peso.base import files
from peso.base.digest import sha256_bytes
from peso.errors import BadInput, Outside, Refused
from peso.services.delivery.freshness import Freshness
from peso.services.delivery.signing import keys, roots
from peso.services.delivery.signing.keys import KeyFolder

if TYPE_CHECKING:
    from tests.services.delivery.conftest import Kit


def rotate(kit: Kit, folder: Path, role: str) -> None:
    keys.rotate(folder, kit.passphrase, role, now=kit.now, freshness=Freshness())


def test_keys_are_made_for_their_owner_only(tmp_path: Path, kit: Kit) -> None:
    made = kit.keys(tmp_path / "keys", channels=("testing", "stable"))
    assert sorted(path.stem for path in made.folder.glob("*.pem")) == [
        *("pages", "root-1", "root-2", "root-3", "snapshot"),
        *("stable", "targets", "testing", "timestamp"),
    ]
    assert stat.S_IMODE(made.folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in made.folder.glob("*.pem")} == {0o600}
    assert [path.name for path in tmp_path.iterdir()] == ["keys"]


def test_no_key_is_written_unencrypted(tmp_path: Path, kit: Kit) -> None:
    for path in kit.keys(tmp_path / "keys").folder.glob("*.pem"):
        assert b"ENCRYPTED PRIVATE KEY" in path.read_bytes()
        with pytest.raises(TypeError):
            load_pem_private_key(path.read_bytes(), None)


def test_the_first_root_asks_for_two_of_three_and_carries_the_mark(
    tmp_path: Path, kit: Kit
) -> None:
    root = kit.keys(tmp_path / "keys").roots[0]
    assert (root.roles["root"].threshold, len(root.roles["root"].keyids)) == (2, 3)
    assert {root.roles[role].threshold for role in roots.TOP_ROLES} == {1}
    assert root.unrecognized_fields == {"x-peso-development": True}
    plain = kit.keys(tmp_path / "plain", development=False)
    assert not plain.development
    assert "x-peso" not in plain.root_bytes().decode()


def test_signers_sign_for_their_role(tmp_path: Path, kit: Kit) -> None:
    folder = kit.keys(tmp_path / "keys")
    for role in (*roots.TOP_ROLES, "pages", "testing"):
        signer = folder.signer(role)
        assert signer.public_key == folder.public(role)
        signer.public_key.verify_signature(signer.sign(b"data"), b"data")


@pytest.mark.parametrize("role", ["root", "root-1", "../x", "", "a/b"])
def test_a_root_key_is_never_opened_for_publishing(tmp_path: Path, kit: Kit, role: str) -> None:
    with pytest.raises(BadInput):
        kit.keys(tmp_path / "keys").signer(role)


def test_publishing_needs_no_root_key(tmp_path: Path, kit: Kit) -> None:
    folder = kit.keys(tmp_path / "keys").folder
    for path in folder.glob("root-*.pem"):
        path.unlink()
    assert KeyFolder(folder, kit.passphrase).signer("timestamp").public_key.keyid


def test_a_wrong_passphrase_is_said(tmp_path: Path, kit: Kit) -> None:
    folder = kit.keys(tmp_path / "keys").folder
    with pytest.raises(BadInput, match="passphrase") as no:
        KeyFolder(folder, b"wrong").signer("timestamp")
    assert no.value.exit_code == 2
    assert no.value.where == str(folder / "timestamp.pem")


def test_no_passphrase_makes_no_key(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="passphrase"):
        create(tmp_path / "keys", passphrase=b"")
    assert not (tmp_path / "keys").exists()


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o666])
def test_a_key_others_can_read_is_not_opened(tmp_path: Path, kit: Kit, mode: int) -> None:
    folder = kit.keys(tmp_path / "keys").folder
    (folder / "testing.pem").chmod(mode)
    with pytest.raises(BadInput, match="others") as no:
        KeyFolder(folder, kit.passphrase).signer("testing")
    assert "chmod 600" in (no.value.hint or "")


def test_a_missing_key_is_named(tmp_path: Path, kit: Kit) -> None:
    folder = kit.keys(tmp_path / "keys").folder
    (folder / "snapshot.pem").unlink()
    with pytest.raises(BadInput, match="snapshot is missing"):
        KeyFolder(folder, kit.passphrase).signer("snapshot")
    with pytest.raises(BadInput, match="stable is missing"):
        KeyFolder(folder, kit.passphrase).signer("stable")


def test_an_unencrypted_or_damaged_key_is_refused(tmp_path: Path, kit: Kit) -> None:
    folder = kit.keys(tmp_path / "keys").folder
    path = folder / "testing.pem"
    whole = path.read_bytes()
    private = load_pem_private_key(whole, kit.passphrase)
    bare = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    public = whole[whole.index(b"-----BEGIN PUBLIC") :]
    other = (folder / "pages.pem").read_bytes()
    for data in (
        bare + public,
        b"",
        whole[:100] + public,
        whole[: whole.index(b"-----BEGIN PUBLIC")],
        whole.replace(public, other[other.index(b"-----BEGIN PUBLIC") :]),
        b"x" * (1 << 17),
    ):
        path.write_bytes(data)
        with pytest.raises(BadInput):
            KeyFolder(folder, kit.passphrase).signer("testing")


def test_a_key_that_the_root_does_not_name_is_refused(tmp_path: Path, kit: Kit) -> None:
    folder = kit.keys(tmp_path / "keys").folder
    shutil.copy(folder / "pages.pem", folder / "timestamp.pem")
    with pytest.raises(BadInput, match="not the one"):
        KeyFolder(folder, kit.passphrase).signer("timestamp")


def test_nothing_is_overwritten(tmp_path: Path, kit: Kit) -> None:
    folder = kit.keys(tmp_path / "keys").folder
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    with pytest.raises(BadInput, match="already"):
        create(folder)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    (tmp_path / "file").write_text("x")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "x").write_text("x")
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    for name in ("file", "full", "link"):
        with pytest.raises(BadInput):
            create(tmp_path / name)


@pytest.mark.parametrize(
    ("made", "development", "said"),
    [
        ("public/metadata/timestamp.json", True, "a publication"),
        ("public/metadata/timestamp.json", False, "a publication"),
        ("public/blobs/sha256/ab/x", False, "a ledger"),
        ("public/.git/HEAD", False, "a git checkout"),
        ("public/.git", False, "a git checkout"),
    ],
)
def test_keys_do_not_lie_where_they_would_be_carried_away(
    tmp_path: Path, made: str, *, development: bool, said: str
) -> None:
    (tmp_path / made).parent.mkdir(parents=True)
    (tmp_path / made).write_text("")
    with pytest.raises(BadInput, match=said):
        create(tmp_path / "public" / "deep" / "keys", development=development)
    (tmp_path / "way").symlink_to(tmp_path / "public")
    with pytest.raises(BadInput, match=said):
        create(tmp_path / "way" / "keys", development=development)


def test_development_keys_may_lie_in_the_checkout(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    create(tmp_path / ".peso" / "dev-keys", development=True)
    assert keys.has_keys(tmp_path / ".peso" / "dev-keys")


@pytest.mark.parametrize(
    "name", ["root", "root-1", "targets", "pages", "timestamp", "a/b", "", "."]
)
def test_a_channel_takes_no_name_that_is_taken(tmp_path: Path, name: str) -> None:
    with pytest.raises(BadInput):
        create(tmp_path / "keys", channels=(name,))
    assert not (tmp_path / "keys").exists()


def test_an_interrupted_creation_starts_again(tmp_path: Path) -> None:
    making = tmp_path / ".keys.making"
    making.mkdir()
    (making / "root-1.pem").write_text("half")
    create(tmp_path / "keys")
    assert not making.exists()
    assert len(keys.show(tmp_path / "keys").roles) == 6


def test_two_at_once_do_not_mix(tmp_path: Path) -> None:
    with (
        files.locked(tmp_path / ".keys.lock", who="another"),
        pytest.raises(Outside, match="another"),
    ):
        create(tmp_path / "keys")


@pytest.mark.parametrize("role", roots.TOP_ROLES)
def test_rotating_a_key_passes_through_a_root_that_takes_both(
    tmp_path: Path, kit: Kit, role: str
) -> None:
    before = kit.keys(tmp_path / "keys")
    old = before.public(role).keyid
    rotate(kit, before.folder, role)
    after = KeyFolder(before.folder, kit.passphrase)
    new = after.public(role).keyid
    assert [set(root.roles[role].keyids) for root in after.roots] == [{old}, {old, new}, {new}]
    assert old not in after.roots[-1].keys
    assert after.signer(role).public_key.keyid == new
    assert after.root_bytes() == before.root_bytes()
    assert after.development


@pytest.mark.parametrize("role", ["pages", "testing"])
def test_rotating_a_delegated_key_leaves_the_root(tmp_path: Path, kit: Kit, role: str) -> None:
    before = kit.keys(tmp_path / "keys")
    old = before.public(role)
    rotate(kit, before.folder, role)
    after = KeyFolder(before.folder, kit.passphrase)
    assert after.chain == before.chain
    assert after.public(role) != old


@pytest.mark.parametrize("role", keys.ROOT_KEYS)
def test_rotating_a_root_key_takes_one_root(tmp_path: Path, kit: Kit, role: str) -> None:
    before = kit.keys(tmp_path / "keys")
    old = {one.stem: one.read_bytes() for one in before.folder.glob("root-*.pem")}
    rotate(kit, before.folder, role)
    first, second = KeyFolder(before.folder, kit.passphrase).roots
    assert len(set(first.roles["root"].keyids) - set(second.roles["root"].keyids)) == 1
    assert len(second.roles["root"].keyids) == 3
    assert second.roles["root"].threshold == 2
    new = {one.stem: one.read_bytes() for one in before.folder.glob("root-*.pem")}
    assert [name for name in sorted(old) if old[name] != new[name]] == [role]


def test_one_lost_root_key_can_be_replaced_two_cannot(tmp_path: Path, kit: Kit) -> None:
    folder = kit.keys(tmp_path / "keys").folder
    (folder / "root-2.pem").unlink()
    rotate(kit, folder, "root-2")
    assert len(KeyFolder(folder, kit.passphrase).roots) == 2
    (folder / "root-2.pem").unlink()
    (folder / "root-3.pem").unlink()
    with pytest.raises(BadInput):
        rotate(kit, folder, "root-2")
    with pytest.raises(BadInput, match="too few root keys"):
        rotate(kit, folder, "timestamp")
    assert len(KeyFolder(folder, kit.passphrase).roots) == 2


def test_every_key_can_be_rotated_one_after_the_other(tmp_path: Path, kit: Kit) -> None:
    folder = kit.keys(tmp_path / "keys").folder
    for role in (*keys.ROOT_KEYS, *roots.TOP_ROLES, "pages", "testing", "root"):
        rotate(kit, folder, role)
    after = KeyFolder(folder, kit.passphrase)
    assert len(after.roots) == 1 + 3 + 2 * 3 + 1
    assert not set(after.roots[0].keys) & set(after.roots[-1].keys)


def test_a_root_is_renewed_without_a_new_key(tmp_path: Path, kit: Kit) -> None:
    folder = kit.keys(tmp_path / "keys").folder
    later = kit.now + timedelta(days=300)
    keys.rotate(folder, kit.passphrase, "root", now=later, freshness=Freshness())
    first, second = KeyFolder(folder, kit.passphrase).roots
    assert second.expires == later + timedelta(days=365)
    assert second.keys == first.keys


@pytest.mark.parametrize("role", ["timestmp", "stable", "../pages"])
def test_a_role_that_is_not_there_is_not_rotated(tmp_path: Path, kit: Kit, role: str) -> None:
    folder = kit.keys(tmp_path / "keys").folder
    before = sorted(path.name for path in folder.iterdir())
    with pytest.raises(BadInput):
        rotate(kit, folder, role)
    assert sorted({path.name for path in folder.iterdir()} - {".lock"}) == before


@pytest.mark.parametrize("role", ["timestamp", "root-1"])
def test_a_rotation_is_finished_from_wherever_it_stopped(
    tmp_path: Path, kit: Kit, role: str
) -> None:
    folder = kit.keys(tmp_path / "keys").folder
    begun = tmp_path / "begun"
    shutil.copytree(folder, begun)
    rotate(kit, folder, role)
    roots_made = sorted(path.name for path in folder.glob("*.root.json"))[1:]
    for count in range(len(roots_made) + 1):
        stopped = tmp_path / f"stopped-{count}"
        shutil.copytree(begun, stopped)
        shutil.copy(folder / f"{role}.pem", stopped / f".next-{role}.pem")
        for name in roots_made[:count]:
            shutil.copy(folder / name, stopped / name)
        if role == "timestamp":
            assert KeyFolder(stopped, kit.passphrase).signer(role).public_key.keyid
        rotate(kit, stopped, role)
        done = KeyFolder(stopped, kit.passphrase)
        assert len(done.roots) == len(roots_made) + 1
        assert not list(stopped.glob(".next-*"))
        assert role == "root-1" or done.signer(role).public_key.keyid


def test_a_channel_is_added_once(tmp_path: Path, kit: Kit) -> None:
    folder = kit.keys(tmp_path / "keys").folder
    keys.add_channel(folder, kit.passphrase, "stable")
    assert KeyFolder(folder, kit.passphrase).signer("stable").public_key.keyid
    with pytest.raises(BadInput, match="has a key"):
        keys.add_channel(folder, kit.passphrase, "stable")


def test_show_needs_no_passphrase(tmp_path: Path, kit: Kit) -> None:
    made = kit.keys(tmp_path / "keys")
    shown = keys.show(made.folder)
    assert shown.root_sha256 == sha256_bytes(made.root_bytes())
    assert shown.development
    assert {one.role: (len(one.keyids), one.threshold) for one in shown.roles} == {
        "root": (3, 2),
        "targets": (1, 1),
        "snapshot": (1, 1),
        "timestamp": (1, 1),
        "pages": (1, 1),
        "testing": (1, 1),
    }
    assert next(one for one in shown.roles if one.role == "root").files == (
        "root-1.pem",
        "root-2.pem",
        "root-3.pem",
    )


def test_a_folder_without_keys_is_said(tmp_path: Path, kit: Kit) -> None:
    assert not keys.has_keys(tmp_path)
    with pytest.raises(BadInput, match="no keys here"):
        KeyFolder(tmp_path, kit.passphrase)
    with pytest.raises(BadInput, match="no keys here"):
        rotate(kit, tmp_path, "timestamp")


def test_a_root_that_was_changed_is_noticed(tmp_path: Path, kit: Kit) -> None:
    folder = kit.keys(tmp_path / "keys").folder
    path = folder / "1.root.json"
    path.write_bytes(path.read_bytes().replace(b'"threshold":2', b'"threshold":1'))
    with pytest.raises(Refused):
        KeyFolder(folder, kit.passphrase)


def test_a_root_of_other_keys_does_not_continue_the_chain(tmp_path: Path, kit: Kit) -> None:
    one, other = kit.keys(tmp_path / "one"), kit.keys(tmp_path / "other")
    rotate(kit, other.folder, "root-1")
    shutil.copy(other.folder / "2.root.json", one.folder / "2.root.json")
    with pytest.raises(Refused):
        KeyFolder(one.folder, kit.passphrase)
    second = Metadata[Root].from_bytes((other.folder / "2.root.json").read_bytes())
    assert second.signed.version == 2


def create(
    folder: Path,
    *,
    passphrase: bytes = b"secret",
    channels: tuple[str, ...] = ("testing",),
    development: bool = True,
) -> bytes:
    return keys.create_keys(
        folder,
        passphrase=passphrase,
        channels=channels,
        development=development,
        freshness=Freshness(),
        now=datetime(2026, 11, 23, tzinfo=UTC),
    )
