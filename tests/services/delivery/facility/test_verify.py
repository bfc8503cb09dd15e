from __future__ import annotations

import shutil
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from tests.facility import NOW, Facility, Thief, copy_of, files_of, serve
from tests.services.delivery.conftest import (
    PASSPHRASE,
    MakePublication,
    Publication,
    publish_another,
)
from tuf.api.metadata import Metadata, Root, Targets

from peso.errors import BadInput, Reason, Refused
from peso.services.delivery.facility.fetchers import FolderSource
from peso.services.delivery.facility.trust import choose, pin
from peso.services.delivery.freshness import Freshness
from peso.services.delivery.signing.keys import rotate

DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def published(
    make_publication: MakePublication, tmp_path_factory: pytest.TempPathFactory
) -> Publication:
    return make_publication(tmp_path_factory.mktemp("published"), versions=("1.0", "1.1"))


@pytest.fixture
def facility(published: Publication, tmp_path: Path) -> Facility:
    return Facility(state=tmp_path / "state", root=published.root_file)


class TestReport:
    def test_says_what_was_proven(self, facility: Facility, published: Publication) -> None:
        report = facility.verify(published.folder)
        assert report.ok
        assert report.where == str(published.folder)
        assert report.files == len(files_of(published.folder))
        assert report.bytes == sum(map(len, files_of(published.folder).values()))
        first = report.releases[0]
        assert (first.channel, first.stack, first.version) == ("testing", "small", "1.0")
        assert first.files == len(published.manifests[0].files)
        assert report.as_of == NOW
        assert report.fresh_until == NOW + 7 * DAY
        assert "proven fresh" in report.freshness
        assert report.root_sha256 in "".join(report.checked)
        assert type(report).parse(report.canonical()) == report

    def test_says_what_was_not_looked_at(
        self, facility: Facility, published: Publication, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        with serve(published.folder) as server:
            report = facility.verify(server.url)
        assert report.not_looked_at
        asked = set(server.asked)
        assert "index.html" in asked
        assert not any("1.snapshot.json" in path for path in asked)

    def test_reads_a_file_url_as_a_folder(self, facility: Facility, published: Publication) -> None:
        assert facility.verify(published.folder.as_uri()).not_looked_at == ()

    def test_needs_a_folder_or_a_url(self, facility: Facility, tmp_path: Path) -> None:
        for where in (tmp_path / "nothing", "http://127.0.0.1/?x"):
            with pytest.raises(BadInput):
                facility.verify(where)

    def test_an_empty_folder_is_no_publication(self, facility: Facility, tmp_path: Path) -> None:
        (tmp_path / "empty").mkdir()
        told = facility.refuses(tmp_path / "empty", Reason.MISSING, "metadata/timestamp.json")
        assert told.hint == "is this a publication?"

    def test_nothing_to_check_is_not_a_yes(
        self, facility: Facility, published: Publication, tmp_path: Path
    ) -> None:
        folder = copy_of(published.folder, tmp_path / "public")
        thief = Thief(folder=folder, keys=published.keys)
        thief.edit(Targets, "testing", lambda targets: targets.targets.clear())
        thief.bind()
        (folder / "metadata/1.testing.json").unlink()
        shutil.rmtree(folder / "blobs")
        shutil.rmtree(folder / "targets/testing")
        told = facility.refuses(folder, Reason.MISSING, str(folder))
        assert "nothing was checked" in str(told)


class TestMemory:
    def test_a_refused_publication_leaves_no_date(
        self, facility: Facility, published: Publication, tmp_path: Path
    ) -> None:
        folder = copy_of(published.folder, tmp_path / "public")
        (folder / "index.html").write_bytes(b"")
        facility.refuses(folder, Reason.CHANGED, "index.html")
        assert not [*facility.state.glob("*/accepted.json")]
        facility.verify(published.folder)
        assert [*facility.state.glob("*/accepted.json")]

    def test_two_facilities_do_not_share_it(
        self, published: Publication, facility: Facility, tmp_path: Path
    ) -> None:
        facility.verify(published.folder)
        other = Facility(state=tmp_path / "other", root=published.root_file)
        other.verify(published.folder, now=NOW + 8 * DAY, as_of=NOW - DAY)

    def test_many_at_once(self, published: Publication, facility: Facility) -> None:
        reports = []
        threads = [
            threading.Thread(target=lambda: reports.append(facility.verify(published.folder)))
            for _ in range(4)
        ]
        for one in threads:
            one.start()
        for one in threads:
            one.join()
        assert len(reports) == 4

    def test_a_clock_set_back_does_not_make_old_things_fresh(
        self, make_publication: MakePublication, tmp_path: Path
    ) -> None:
        made = make_publication(tmp_path / "made")
        facility = Facility(state=tmp_path / "state", root=made.root_file)
        facility.verify(made.folder, now=NOW + 6 * DAY)
        report = facility.verify(made.folder, now=NOW + DAY)
        assert report.as_of == NOW + 6 * DAY


class TestAsOf:
    def test_lifts_the_timestamp(self, facility: Facility, published: Publication) -> None:
        report = facility.verify(published.folder, now=NOW + 8 * DAY, as_of=NOW + DAY)
        assert report.as_of == NOW + DAY
        assert report.freshness == "freshness not proven since 2026-11-24"

    def test_lifts_the_snapshot(self, facility: Facility, published: Publication) -> None:
        facility.verify(published.folder, now=NOW + 31 * DAY, as_of=NOW + DAY)

    def test_is_not_used_where_it_is_not_needed(
        self, facility: Facility, published: Publication
    ) -> None:
        report = facility.verify(published.folder, now=NOW + 2 * DAY, as_of=NOW)
        assert report.as_of == NOW + 2 * DAY
        assert "proven fresh" in report.freshness

    def test_is_never_in_the_future(self, facility: Facility, published: Publication) -> None:
        with pytest.raises(BadInput):
            facility.verify(published.folder, as_of=NOW + DAY)

    def test_must_not_itself_be_past_the_expiry(
        self, facility: Facility, published: Publication
    ) -> None:
        facility.refuses(
            published.folder,
            Reason.FROZEN,
            "metadata/timestamp.json",
            now=NOW + 9 * DAY,
            as_of=NOW + 8 * DAY,
        )

    def test_never_goes_before_the_last_accepted_date(
        self, facility: Facility, published: Publication
    ) -> None:
        facility.verify(published.folder, now=NOW + 20 * DAY, as_of=NOW + 2 * DAY)
        facility.verify(published.folder, now=NOW + 20 * DAY, as_of=NOW + 2 * DAY)
        facility.refuses(
            published.folder,
            Reason.ROLLBACK,
            "--unsafe-as-of",
            now=NOW + 20 * DAY,
            as_of=NOW + DAY,
        )

    def test_a_day_is_enough(self, facility: Facility, published: Publication) -> None:
        """People give a day; a moment later on the same day may have been accepted."""
        facility.verify(published.folder)
        day = NOW.replace(hour=0, tzinfo=None)
        report = facility.verify(published.folder, now=NOW + 20 * DAY, as_of=day)
        assert report.as_of == NOW

    def test_lifts_no_channel(self, facility: Facility, published: Publication) -> None:
        place = Thief(folder=published.folder, keys=published.keys).path("targets")
        facility.refuses(published.folder, Reason.EXPIRED, place, now=NOW + 181 * DAY, as_of=NOW)


class TestRotation:
    @pytest.mark.parametrize("role", ["root-1", "timestamp", "snapshot", "targets", "testing"])
    def test_trust_follows_a_rotated_key(
        self, make_publication: MakePublication, tmp_path: Path, role: str
    ) -> None:
        made = make_publication(tmp_path / "made")
        facility = Facility(state=tmp_path / "state", root=made.root_file)
        facility.verify(made.folder)
        rotate(made.keys.folder, PASSPHRASE, role, now=NOW, freshness=Freshness())
        publish_another(made, "1.1")
        report = facility.verify(made.folder)
        assert len(report.releases) == 2
        fresh = Facility(state=tmp_path / "fresh", root=made.root_file)
        assert fresh.verify(made.folder).releases == report.releases

    @pytest.mark.parametrize("role", ["root-2", "snapshot"])
    def test_a_later_root_may_be_pinned(
        self, make_publication: MakePublication, tmp_path: Path, role: str
    ) -> None:
        """The roots before it are taken because they led to it."""
        made = make_publication(tmp_path / "made")
        rotate(made.keys.folder, PASSPHRASE, role, now=NOW, freshness=Freshness())
        publish_another(made, "1.1")
        newest = max((made.folder / "metadata").glob("*.root.json"))
        kept = tmp_path / "kept.json"
        shutil.copy(newest, kept)
        facility = Facility(state=tmp_path / "state", root=kept)
        facility.verify(made.folder)
        folder = copy_of(made.folder, tmp_path / "public")
        (folder / "metadata/1.root.json").unlink()
        facility.refuses(folder, Reason.MISSING, "metadata/1.root.json")

    def test_a_forged_earlier_root_is_refused(
        self, make_publication: MakePublication, tmp_path: Path
    ) -> None:
        made = make_publication(tmp_path / "made")
        rotate(made.keys.folder, PASSPHRASE, "root", now=NOW, freshness=Freshness())
        publish_another(made, "1.1")
        kept = tmp_path / "kept.json"
        shutil.copy(made.folder / "metadata/2.root.json", kept)
        facility = Facility(state=tmp_path / "state", root=kept)
        facility.verify(made.folder)
        path = made.folder / "metadata/1.root.json"
        root = Metadata[Root].from_bytes(path.read_bytes())
        signer = made.keys.signer("testing")
        root.signed.roles["root"].threshold = 1
        root.signed.add_key(signer.public_key, "root")
        root.sign(signer)
        path.chmod(0o644)
        path.write_bytes(root.to_bytes())
        facility.refuses(made.folder, Reason.UNKNOWN_SIGNER, "metadata/1.root.json")

    def test_a_renewed_root_keeps_its_mark(
        self, make_publication: MakePublication, tmp_path: Path
    ) -> None:
        made = make_publication(tmp_path / "made")
        rotate(made.keys.folder, PASSPHRASE, "root", now=NOW, freshness=Freshness())
        publish_another(made, "1.1")
        facility = Facility(state=tmp_path / "state", root=made.root_file)
        assert facility.verify(made.folder).development
        with pytest.raises(Refused) as told:
            facility.verify(made.folder, development=False)
        assert told.value.reason is Reason.DEVELOPMENT_KEYS


class TestPinned:
    def test_verifies_with_a_pinned_root(self, published: Publication, facility: Facility) -> None:
        source = FolderSource(published.folder)
        sha256 = choose(published.root_file, facility.state, source, folder=None).sha256
        pin(published.root_file, sha256, facility.state, NOW)
        Facility(state=facility.state, root=None).verify(published.folder)


class TestUnderWay:
    """A publishing under way: the new generation is there, the old timestamp still leads."""

    def test_a_folder_is_a_yes_at_every_moment(
        self, published: Publication, facility: Facility, tmp_path: Path
    ) -> None:
        folder = under_way(published, tmp_path)
        report = facility.verify(folder)
        assert [one.version for one in report.releases] == ["1.0"]

    def test_a_url_is_a_yes_at_every_moment(
        self,
        published: Publication,
        facility: Facility,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        with serve(under_way(published, tmp_path)) as server:
            report = facility.verify(server.url)
        assert [one.version for one in report.releases] == ["1.0"]

    @pytest.mark.parametrize("reached", ["folder", "url"])
    def test_a_reader_never_sees_half_a_release(
        self,
        make_publication: MakePublication,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        reached: str,
    ) -> None:
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        made = make_publication(tmp_path / "made")
        facility = Facility(state=tmp_path / "state", root=made.root_file)

        def write() -> None:
            for number in range(1, 4):
                publish_another(made, f"1.{number}")

        writer = threading.Thread(target=write)
        seen = set()
        with serve(made.folder) as server:
            writer.start()
            while writer.is_alive():
                report = facility.verify(made.folder if reached == "folder" else server.url)
                seen.add(len(report.releases))
            writer.join()
            facility.verify(made.folder)
        assert seen

    def test_what_is_coming_must_be_signed_too(
        self, published: Publication, facility: Facility, tmp_path: Path
    ) -> None:
        folder = under_way(published, tmp_path)
        path = folder / "metadata/2.pages.json"
        data = path.read_bytes()
        path.write_bytes(data.replace(b'"length":', b'"length":1'))
        facility.refuses(folder, Reason.CHANGED, "metadata/2.pages.json")


def under_way(published: Publication, tmp_path: Path) -> Path:
    """Return the publication as it is just before the second release's timestamp comes."""
    folder = copy_of(published.folder, tmp_path / "under-way")
    thief = Thief(folder=folder, keys=published.keys)
    keep = {path: (folder / path).read_bytes() for path in (thief.path("snapshot"),)}
    (folder / thief.path("snapshot")).unlink()
    thief.bind_snapshot()
    for path, data in keep.items():
        (folder / path).write_bytes(data)
    return folder
