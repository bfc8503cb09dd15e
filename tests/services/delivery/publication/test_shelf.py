"""What a publication has, read once for its publisher."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from peso.errors import Refused
from peso.services.delivery.publication.shelf import shelf

if TYPE_CHECKING:
    from tests.services.delivery.conftest import Kit


def test_nothing_is_published_yet(tmp_path: Path) -> None:
    there = shelf(tmp_path / "public")
    assert (there.listed(), there.opened(["a"]), there.paged()) == ({}, (), frozenset())


def test_what_is_published_is_told(tmp_path: Path, kit: Kit) -> None:
    made = kit.publication(tmp_path, versions=("1.0", "1.1"), slim=True)
    there = shelf(made.folder)
    digests = {path: one.sha256 for path, one in there.listed().items()}
    assert digests == {one.target: one.digest() for one in made.manifests}
    assert there.opened([made.manifests[1].target, "testing/nobody"]) == (made.manifests[1],)
    assert there.opened([]) == ()
    assert there.paged() == {
        "index.html",
        "releases/testing/small-1.0.html",
        "releases/testing/small-1.1.html",
    }


def test_all_answers_are_of_one_moment(tmp_path: Path, kit: Kit) -> None:
    made = kit.publication(tmp_path, versions=("1.0", "1.1"), slim=True)
    there = shelf(made.folder)
    for path in (made.folder / "metadata").iterdir():
        path.unlink()
    assert len(there.listed()) == 2
    assert len(there.paged()) == 3


def test_a_release_that_is_not_as_signed_is_not_opened(tmp_path: Path, kit: Kit) -> None:
    made = kit.publication(tmp_path, slim=True)
    (place,) = made.folder.glob("targets/testing/*.manifest.json")
    place.chmod(0o644)
    place.write_bytes(place.read_bytes() + b" ")
    there = shelf(made.folder)
    assert list(there.listed()) == [made.manifests[0].target]
    with pytest.raises(Refused, match="changed"):
        there.opened([made.manifests[0].target])
