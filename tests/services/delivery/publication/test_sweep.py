from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from securesystemslib.signer import CryptoSigner
from tuf.api.metadata import Metadata, TargetFile, Targets

from peso.services.delivery.layout import places
from peso.services.delivery.manifest import PagesManifest
from peso.services.delivery.publication import folder as there
from peso.services.delivery.publication.place import Disk
from peso.services.delivery.publication.sweep import sweep
from peso.services.delivery.signing.serialize import metadata_bytes

if TYPE_CHECKING:
    from tests.services.delivery.conftest import Kit, Publication


def clean(made: Publication) -> None:
    generation, _ = there.read_current(made.folder, made.keys.roots)
    disk = Disk(made.folder.with_name("public.staging"))
    sweep(made.folder, (generation,), made.keys.roots, disk)


def paths(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_what_only_old_generations_name_goes_and_nothing_else(tmp_path: Path, kit: Kit) -> None:
    made = kit.publication(tmp_path, versions=("1.0", "1.1"), slim=True)
    before = paths(made.folder)
    clean(made)
    gone = {name.rpartition("/")[2] for name in before - paths(made.folder)}
    metadata = {name for name in gone if not name.endswith(".manifest.json")}
    assert metadata == {"1.pages.json", "1.snapshot.json", "1.testing.json"}
    assert len(gone - metadata) == 1
    assert len(kit.referee(made.folder, made.root_file.read_bytes())) == 2
    after = paths(made.folder)
    clean(made)
    assert paths(made.folder) == after


def test_what_a_stranger_names_is_not_removed(tmp_path: Path, kit: Kit) -> None:
    made = kit.publication(tmp_path, slim=True)
    victim = tmp_path / "victim"
    victim.write_text("not yours")
    page = {
        "role": "page",
        "path": "../victim",
        "media_type": "text/html",
        "length": 9,
        "sha256": "0" * 64,
    }
    stray = PagesManifest.parse(json.dumps({"schema": "peso.pages/1", "files": [page]}))
    target = TargetFile.from_data("pages.manifest.json", stray.canonical(), ["sha256"])
    metadata = Metadata(
        Targets(version=9, expires=kit.now, targets={"pages.manifest.json": target})
    )
    metadata.sign(CryptoSigner.generate_ed25519())
    (made.folder / "metadata" / "9.pages.json").write_bytes(metadata_bytes(metadata))
    (made.folder / places.target_path("pages.manifest.json", target)).write_bytes(stray.canonical())
    (made.folder / "metadata" / "5.testing.json").write_text("junk")
    before = paths(made.folder)
    clean(made)
    assert paths(made.folder) == before
    assert victim.read_text() == "not yours"
