from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.services.assurance.advisory_files import advisory, archive_of
from tests.services.assurance.releases import NOW

from peso.base.net import Net
from peso.errors import BadInput, Outside
from peso.services.assurance.advisories.feeds import USUAL, Feed, feed_of, update
from peso.services.assurance.advisories.store import FILE, sources


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "advisories"


def local(path: Path, name: str = "osv-pypi") -> Feed:
    return Feed(name=name, url=path.as_uri(), file=path.name)


def test_a_feed_is_named_as_its_ecosystem() -> None:
    assert [feed_of(one).name for one in (*USUAL, "Debian:12")] == [
        "osv-pypi",
        "osv-oss-fuzz",
        "osv-bitnami",
        "kev",
        "osv-debian-12",
    ]
    assert feed_of("Rocky Linux").url.endswith("/Rocky%20Linux/all.zip")
    for name in ("../etc", "", "a/b", "a?b"):
        with pytest.raises(BadInput, match="no ecosystem"):
            feed_of(name)


def test_feeds_are_fetched_and_imported(store: Path, tmp_path: Path) -> None:
    archive = archive_of(tmp_path / "all.zip", advisory("X-1"))
    catalog = tmp_path / "kev.json"
    entry = {"cveID": "CVE-2024-1", "dateAdded": "2024-01-02"}
    catalog.write_text(json.dumps({"catalogVersion": "1", "vulnerabilities": [entry]}))
    with Net(offline=True) as net:
        made = update(store, net, [local(archive), local(catalog, "kev")], now=NOW)
    assert [(one.name, one.format, one.records) for one in made] == [
        ("osv-pypi", "osv", 1),
        ("kev", "kev", 1),
    ]
    assert sorted(path.name for path in store.iterdir()) == [".lock", FILE]


def test_without_a_network_it_says_how_to_go_on(store: Path) -> None:
    with Net(offline=True) as net, pytest.raises(Outside) as error:
        update(store, net, [feed_of("PyPI")], now=NOW)
    assert "peso advisories import" in str(error.value.hint)
    assert "PyPI/all.zip as --name osv-pypi" in str(error.value.hint)
    assert sources(store) == ()
    assert not (store / FILE).exists()


def test_one_that_fails_does_not_keep_the_others_from_being_imported(
    store: Path, tmp_path: Path
) -> None:
    archive = archive_of(tmp_path / "all.zip", advisory("X-1"))
    with Net(offline=True) as net, pytest.raises(Outside, match="all the same: osv-pypi") as error:
        update(store, net, [local(tmp_path / "none.zip", "gone"), local(archive)], now=NOW)
    assert "gone: there is no such file" in error.value.message
    assert [one.name for one in sources(store)] == ["osv-pypi"]
