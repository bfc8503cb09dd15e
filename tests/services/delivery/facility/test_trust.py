from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from tests.facility import NOW, Facility
from tests.services.delivery.conftest import PASSPHRASE, MakePublication, Publication
from tuf.api.metadata import Metadata, Root

from peso.base.digest import sha256_bytes
from peso.errors import BadInput, Outside, Reason, Refused
from peso.services.delivery.facility.fetchers import FolderSource
from peso.services.delivery.facility.trust import (
    Trust,
    accept,
    accepted,
    choose,
    pin,
    pinned,
    read_root,
    refuse_development,
)
from peso.services.delivery.signing import keyfiles
from peso.services.delivery.signing.serialize import metadata_bytes


@pytest.fixture(scope="module")
def published(
    make_publication: MakePublication, tmp_path_factory: pytest.TempPathFactory
) -> Publication:
    return make_publication(tmp_path_factory.mktemp("published"))


@pytest.fixture(scope="module")
def other(
    make_publication: MakePublication, tmp_path_factory: pytest.TempPathFactory
) -> Publication:
    return make_publication(tmp_path_factory.mktemp("other"), development=False)


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "state"


def digest(made: Publication) -> str:
    return sha256_bytes(made.root_file.read_bytes())


def test_pins_the_root_a_person_names(published: Publication, state: Path) -> None:
    made = pin(published.root_file, digest(published).upper(), state, NOW)
    assert pinned(state) == (made,)
    assert made.sha256 == digest(published)
    assert made.development
    assert made.version == 1
    assert made.pinned == NOW
    assert (state / made.sha256 / "root.json").read_bytes() == published.root_file.read_bytes()


def test_pinning_twice_is_pinning_once(published: Publication, state: Path) -> None:
    for _ in range(2):
        pin(published.root_file, digest(published), state, NOW)
    assert len(pinned(state)) == 1


def test_another_digest_is_refused(published: Publication, state: Path) -> None:
    with pytest.raises(Refused) as told:
        pin(published.root_file, "0" * 64, state, NOW)
    assert told.value.reason is Reason.CHANGED
    assert digest(published) in str(told.value)
    assert pinned(state) == ()


def test_an_expired_root_is_not_pinned(published: Publication, state: Path) -> None:
    with pytest.raises(Refused) as told:
        pin(published.root_file, digest(published), state, NOW + timedelta(days=365))
    assert told.value.reason is Reason.EXPIRED


@pytest.mark.parametrize("data", [b"", b"{}", b"hello", bytes(1 << 20)])
def test_what_is_no_root_is_bad_input(tmp_path: Path, state: Path, data: bytes) -> None:
    file = tmp_path / "root.json"
    file.write_bytes(data)
    with pytest.raises(BadInput):
        pin(file, sha256_bytes(data), state, NOW)


def test_other_metadata_is_no_root(published: Publication, state: Path) -> None:
    file = published.folder / "metadata" / "timestamp.json"
    with pytest.raises(BadInput):
        pin(file, sha256_bytes(file.read_bytes()), state, NOW)


def test_a_file_that_is_not_there_is_bad_input(tmp_path: Path, state: Path) -> None:
    with pytest.raises(BadInput):
        pin(tmp_path / "nothing", "0" * 64, state, NOW)


def test_a_root_must_sign_itself_to_its_threshold(published: Publication) -> None:
    root = Metadata[Root].from_bytes(published.root_file.read_bytes())
    root.signatures.clear()
    root.sign(keyfiles.open_key(published.keys.folder / "root-1.pem", PASSPHRASE))
    with pytest.raises(Refused) as told:
        read_root(metadata_bytes(root), where="root")
    assert told.value.reason is Reason.BELOW_THRESHOLD


def test_no_root_is_told_how_to_pin_one(published: Publication, state: Path) -> None:
    with pytest.raises(Refused) as told:
        choose(None, state, FolderSource(published.folder), folder=published.folder)
    assert told.value.reason is Reason.NO_TRUSTED_ROOT
    assert told.value.hint is not None
    assert "peso trust add FILE --sha256 HEX" in told.value.hint


def test_the_only_pinned_root_is_used(published: Publication, state: Path) -> None:
    pin(published.root_file, digest(published), state, NOW)
    chosen = choose(None, state, FolderSource(published.folder), folder=published.folder)
    assert chosen.sha256 == digest(published)
    assert chosen.folder == state / chosen.sha256


def test_of_several_pinned_roots_the_fitting_one_is_used(
    published: Publication, other: Publication, state: Path
) -> None:
    for made in (published, other):
        pin(made.root_file, digest(made), state, NOW)
    for made in (published, other):
        chosen = choose(None, state, FolderSource(made.folder), folder=made.folder)
        assert chosen.sha256 == digest(made)


def test_none_of_several_fits(
    published: Publication, other: Publication, state: Path, tmp_path: Path
) -> None:
    for made in (published, other):
        pin(made.root_file, digest(made), state, NOW)
    with pytest.raises(Refused) as told:
        choose(None, state, FolderSource(tmp_path), folder=tmp_path)
    assert told.value.reason is Reason.NO_TRUSTED_ROOT


@pytest.mark.parametrize("way", ["plain", "dots", "link"])
def test_a_root_inside_the_publication_is_refused(
    published: Publication, state: Path, tmp_path: Path, way: str
) -> None:
    inside = published.folder / "metadata" / "1.root.json"
    link = tmp_path / "root.json"
    link.symlink_to(inside)
    file = {
        "plain": inside,
        "dots": published.folder / ".." / published.folder.name / "metadata" / "1.root.json",
        "link": link,
    }[way]
    with pytest.raises(Refused) as told:
        choose(file, state, FolderSource(published.folder), folder=published.folder)
    assert told.value.reason is Reason.NO_TRUSTED_ROOT


def test_a_damaged_pin_is_said(published: Publication, state: Path) -> None:
    made = pin(published.root_file, digest(published), state, NOW)
    kept = state / made.sha256
    source = FolderSource(published.folder)
    (kept / "root.json").write_bytes(b"{}")
    with pytest.raises(BadInput, match="damaged"):
        choose(None, state, source, folder=published.folder)
    (kept / "pinned.json").write_bytes(b"{}")
    with pytest.raises(BadInput, match="damaged"):
        choose(None, state, source, folder=published.folder)


def test_a_development_root_needs_the_word(published: Publication, other: Publication) -> None:
    marked = read_root(published.root_file.read_bytes(), where="root")
    plain = read_root(other.root_file.read_bytes(), where="root")
    refuse_development([plain], where="x", unsafe=False)
    refuse_development([plain, marked], where="x", unsafe=True)
    with pytest.raises(Refused) as told:
        refuse_development([plain, marked], where="x", unsafe=False)
    assert told.value.reason is Reason.DEVELOPMENT_KEYS


def test_the_last_accepted_date_never_goes_back(published: Publication, state: Path) -> None:
    data = published.root_file.read_bytes()
    trust = Trust(
        sha256=digest(published),
        data=data,
        root=read_root(data, where="root"),
        folder=state / digest(published),
    )
    assert accepted(trust) is None
    accept(trust, NOW)
    accept(trust, NOW - timedelta(days=1))
    assert accepted(trust) == NOW
    accept(trust, NOW + timedelta(days=1))
    assert accepted(trust) == NOW + timedelta(days=1)


@pytest.fixture
def not_a_folder(tmp_path: Path) -> Path:
    (tmp_path / "file").write_bytes(b"")
    return tmp_path / "file" / "state"


def test_a_state_that_cannot_be_written_is_outside(
    published: Publication, not_a_folder: Path
) -> None:
    """Nothing is verified without a memory; root may write anywhere, so a file stands in."""
    with pytest.raises(Outside):
        pin(published.root_file, digest(published), not_a_folder, NOW)
    with pytest.raises(Outside) as told:
        Facility(state=not_a_folder, root=published.root_file).verify(published.folder)
    assert told.value.hint is not None
    assert "XDG_STATE_HOME" in told.value.hint
