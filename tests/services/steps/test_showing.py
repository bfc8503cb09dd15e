"""Pages of a publication that grows: what stays is neither read nor made again."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from tests.services.delivery.conftest import NOW, make_keys, make_manifest
from tests.services.test_pipeline import _ports

from peso.base.digest import sha256_bytes
from peso.errors import Outside
from peso.services.delivery.freshness import Freshness
from peso.services.delivery.layout.places import blob_path
from peso.services.delivery.manifest import Manifest
from peso.services.delivery.pages.volumes import SIZE, volume_path
from peso.services.delivery.publication import publish
from peso.services.steps.port import Ports
from peso.services.steps.showing import KIND, LIST, Shown, show

INDEX, FEED = "index.html", "feeds/findings.atom"


def page(version: str) -> str:
    return f"releases/testing/small-{version}.html"


class Shop:
    """A publication, and what publishes into it."""

    def __init__(self, folder: Path) -> None:
        self.ports: Ports = replace(_ports(folder), freshness=Freshness())
        self.keys = make_keys(folder / "keys")

    def made(self, version: str) -> Manifest:
        minutes = int(version.partition(".")[2])
        now = NOW + timedelta(minutes=minutes)
        return make_manifest(self.ports.ledger.blobs, self.keys, version=version, now=now)

    def shown(self, manifest: Manifest, ports: Ports | None = None) -> Shown:
        root = sha256_bytes(self.keys.chain[0])
        return show(manifest, ports or self.ports, root_sha256=root, development=True, now=NOW)

    def publish(self, version: str) -> set[str]:
        """Publish a version; returns the pages that were made."""
        manifest = self.made(version)
        shown = self.shown(manifest)
        self.enter(manifest, shown)
        return {one.path for one in shown.pages}

    def enter(self, manifest: Manifest, shown: Shown) -> None:
        """Publish a release with its pages."""
        publish.publish(
            manifest,
            shown.pages,
            self.ports.ledger.blobs,
            self.ports.publication,
            self.keys,
            freshness=Freshness(),
            now=NOW,
            beside=shown.beside,
        )
        shown.keep(self.ports.ledger, NOW)

    def lose_evidence(self, *versions: str) -> None:
        """Take the evidence of releases away: who reads it now fails."""
        for manifest in publish.releases(self.ports.publication):
            for file in manifest.files:
                if manifest.version in versions and file.path == "evidence/build.json":
                    (self.ports.publication / blob_path(file.sha256)).unlink(missing_ok=True)

    def text(self, path: str) -> str:
        return (self.ports.publication / path).read_text()


def lose(shop: Shop, kind: str) -> None:
    """Take the ledger's records of a kind away."""
    for entry in shop.ports.ledger.list(kind):
        (shop.ports.ledger.root / kind / f"{entry.key}.json").unlink()


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path)


def test_one_more_release_makes_its_page_the_list_and_the_one_before(shop: Shop) -> None:
    assert shop.publish("1.0") == {INDEX, page("1.0"), FEED}
    assert shop.publish("1.1") == {INDEX, page("1.0"), page("1.1")}
    assert shop.publish("1.2") == {INDEX, page("1.1"), page("1.2")}
    assert shop.publish("1.3") == {INDEX, page("1.2"), page("1.3")}
    assert all(f"small 1.{number}" in shop.text(INDEX) for number in range(4))
    assert "small 1.1</a>" in shop.text(page("1.0"))
    assert "small 1.3</a>" not in shop.text(page("1.0"))


def test_evidence_of_the_others_is_not_read(shop: Shop) -> None:
    for version in ("1.0", "1.1", "1.2"):
        shop.publish(version)
    shop.lose_evidence("1.0", "1.1")
    assert shop.publish("1.3") == {INDEX, page("1.2"), page("1.3")}


def test_all_are_shown_anew_where_rows_are_lost_or_are_of_another_place(shop: Shop) -> None:
    for version in ("1.0", "1.1", "1.2"):
        shop.publish(version)
    everything = {INDEX, *(page(f"1.{number}") for number in range(4))}
    manifest = shop.made("1.3")
    sooner = replace(shop.ports, freshness=Freshness(timestamp=3))
    assert {one.path for one in shop.shown(manifest, sooner).pages} == everything
    lose(shop, LIST)
    assert {one.path for one in shop.shown(manifest).pages} == {INDEX, page("1.2"), page("1.3")}
    lose(shop, KIND)
    assert {one.path for one in shop.shown(manifest).pages} == everything


def test_with_many_releases_only_rows_on_pages_that_are_made_are_read(shop: Shop) -> None:
    count = 2 * SIZE + 1
    made = [shop.publish(f"1.{number}") for number in range(count)]
    assert made[-2] == {INDEX, page("1.98"), page("1.99"), volume_path(1)}
    assert made[-1] == {INDEX, page("1.99"), page("1.100")}
    assert "small 1.49</a>" in shop.text(volume_path(1))
    assert "small 1.50</a>" in shop.text(INDEX)
    oldest = {one.version: one.digest() for one in publish.releases(shop.ports.publication)}
    for number in range(SIZE):
        (shop.ports.ledger.root / KIND / f"{oldest[f'1.{number}']}.json").unlink()
    shop.lose_evidence(*(f"1.{number}" for number in range(count - 1)))
    assert shop.publish(f"1.{count}") == {INDEX, page("1.100"), page(f"1.{count}")}


def test_of_two_that_publish_at_once_the_second_is_told(shop: Shop) -> None:
    shop.publish("1.0")
    late = shop.made("1.1")
    pages = shop.shown(late)
    shop.publish("1.2")
    with pytest.raises(Outside, match="meanwhile"):
        shop.enter(late, pages)
    assert "small 1.2" in shop.text(INDEX)
    assert shop.publish("1.1") == {INDEX, page("1.0"), page("1.1")}
    assert all(f"small 1.{number}" in shop.text(INDEX) for number in range(3))
