"""`peso.watch` and `peso scan --published` over real publications, made now."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from defusedxml import ElementTree
from tests.services.assurance.advisory_files import V3_CRITICAL, advisory, folder_of
from tests.services.delivery.conftest import Release, make_keys, make_pages
from tests.services.delivery.facility.test_evidence import attested

import peso
from peso.base.ledger import Blobs
from peso.cli.app import run
from peso.errors import BadInput, Refused
from peso.services.assurance.advisories.importing import import_advisories
from peso.services.delivery.freshness import Freshness
from peso.services.delivery.publication import publish

NOW = datetime.now(UTC)
FEED = "feeds/findings.atom"


class House:
    """A workspace with keys, advisories and a publication of one release."""

    def __init__(self, root: Path) -> None:
        self.root, self.public = root, root / "public"
        self.root_file = root / "public.root.json"
        (root / "peso.yaml").write_text(
            "schema: peso.workspace/1\nname: house\nchannels: [testing]\n", "utf-8"
        )
        blobs = Blobs(root / "blobs")
        keys = make_keys(root / ".peso" / "dev-keys", now=NOW)
        (root / ".peso" / "dev-keys.passphrase").write_bytes(b"correct horse")
        manifest = attested(blobs, keys, _with_a_clean_scan)
        publish.publish(
            manifest,
            make_pages((manifest,)),
            blobs,
            self.public,
            keys,
            freshness=Freshness(),
            now=NOW,
        )

    def know(self, *records: dict[str, object]) -> None:
        folder = folder_of(self.root / "sources" / str(len(records)), *records)
        import_advisories(folder, self.root / ".peso" / "advisories", name="one", now=NOW)


def _with_a_clean_scan(release: Release) -> Release:
    return replace(release, scan=release.scan.model_copy(update={"findings": ()}))


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    made = House(tmp_path)
    made.know(advisory("X-1", "alpha", vector=V3_CRITICAL))
    return made


def test_what_became_known_of_a_release_is_told(house: House) -> None:
    seen = peso.watch(house.public, root=house.root_file, unsafe_development_keys=True)
    [news] = seen.news
    assert (news.change, news.sighting.vulnerability) == ("new", "X-1")
    assert [one.release for one in news.concerns] == ["testing/small-1.0"]
    assert [one.unsure for one in seen.releases] == [""]


def test_a_folder_without_trust_is_watched_and_said_to_be_unsure(house: House) -> None:
    seen = peso.watch(house.public)
    assert "not proven" in seen.releases[0].unsure
    assert len(seen.news) == 1


def test_a_file_that_is_not_what_was_signed_is_refused(house: House) -> None:
    for blob in (house.public / "blobs").rglob("*"):
        if blob.is_file() and b"purl" in (data := blob.read_bytes()):
            blob.chmod(0o644)
            blob.write_bytes(data.replace(b"purl", b"lrup"))
    with pytest.raises(Refused):
        peso.watch(house.public)


def test_the_feed_is_signed_into_the_pages_and_the_publication_verifies(house: House) -> None:
    peso.watch(house.public, root=house.root_file, unsafe_development_keys=True, publish_feed=True)
    report = peso.verify(house.public, root=house.root_file, unsafe_development_keys=True)
    assert report.releases
    root = ElementTree.fromstring((house.public / FEED).read_bytes())
    assert "X-1" in "".join(root.itertext())
    before = sorted((house.public / "metadata").iterdir())
    peso.watch(house.public, root=house.root_file, unsafe_development_keys=True, publish_feed=True)
    assert sorted((house.public / "metadata").iterdir()) == before


def test_a_changed_feed_does_not_verify(house: House) -> None:
    peso.watch(house.public, publish_feed=True)
    feed = house.public / FEED
    feed.write_bytes(feed.read_bytes().replace(b"X-1", b"X-9"))
    with pytest.raises(Refused):
        peso.verify(house.public, root=house.root_file, unsafe_development_keys=True)


def test_what_is_no_publication_no_date_and_no_place_for_a_feed(house: House) -> None:
    with pytest.raises(BadInput, match="no publication here"):
        peso.watch(house.root)
    with pytest.raises(BadInput, match="no date"):
        peso.watch(house.public, since="yesterday")
    with pytest.raises(BadInput, match="cannot be signed into a URL"):
        peso.watch("https://example.invalid/public", publish_feed=True)


Say = Callable[..., tuple[int, str]]


@pytest.fixture
def say(house: House, capsys: pytest.CaptureFixture[str]) -> Say:
    """Return what runs the command on the publication, trusted or not."""

    def scan(*more: str, trusted: bool = True) -> tuple[int, str]:
        capsys.readouterr()
        trust = ["--root", str(house.root_file), "--unsafe-development-keys"] if trusted else []
        code = run(["scan", str(house.public), "--published", *trust, *more])
        said = capsys.readouterr()
        return code, said.out or said.err

    return scan


def test_the_command_ends_with_1_where_news_reach_the_level(house: House, say: Say) -> None:
    code, words = say()
    assert code == 1
    assert "new: X-1 in alpha@1.0: critical; fixed in 2.0" in words
    assert "in testing/small-1.0, needed by" in words
    house.know(advisory("X-1", "beta", vector=V3_CRITICAL), advisory("X-2", "gamma"))
    assert say("--level", "critical")[0] == 1


def test_the_command_ends_with_0_where_nothing_became_known(house: House, say: Say) -> None:
    house.know(advisory("X-1", "gamma", vector=V3_CRITICAL))
    code, words = say()
    assert (code, "0 things became known" in words) == (0, True)


def test_the_command_writes_json_and_a_feed(say: Say, tmp_path: Path) -> None:
    code, out = say("--json", "--feed", str(tmp_path / "news.atom"))
    assert code == 1
    assert json.loads(out)["news"][0]["sighting"]["vulnerability"] == "X-1"
    assert b"X-1" in (tmp_path / "news.atom").read_bytes()


def test_without_a_proof_or_advisories_it_is_no_yes(house: House, say: Say) -> None:
    house.know(advisory("X-1", "gamma"))
    assert say(trusted=False)[0] == 1
    (house.root / ".peso" / "advisories" / "advisories.db").unlink()
    code, words = say()
    assert (code, "no advisories are imported" in words) == (1, True)


def test_an_unknown_level_is_told(say: Say) -> None:
    code, words = say("--level", "awful")
    assert (code, "'awful' is no level" in words) == (2, True)


def test_a_statement_of_the_workspace_settles_and_runs_out(house: House) -> None:
    peso.add_vex(
        "X-1",
        products=["pkg:pypi/alpha@1.0"],
        status="not_affected",
        justification="vulnerable_code_not_present",
        reason="the code is not built",
        role="security team",
        expires=NOW + timedelta(days=9),
        folder=house.root,
    )
    seen = peso.watch(house.public, root=house.root_file, unsafe_development_keys=True)
    assert "not affected" in seen.news[0].sighting.settled
    assert seen.urgent_at("note") == ()
