"""One manifest is picked by labels, and by manifests where there are none."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from tests.services.delivery.conftest import NOW, MakePublication
from tuf.api.metadata import TargetFile

from peso.base.digest import sha256_bytes
from peso.errors import BadInput, Reason, Refused
from peso.services.delivery.facility.choice import Meant
from peso.services.delivery.facility.pick import pick
from peso.services.delivery.facility.report import NotProven
from peso.services.delivery.facility.target import Target
from peso.services.delivery.layout.labels import Label, put_label
from peso.services.delivery.layout.places import target_path
from peso.services.delivery.manifest import Manifest
from peso.services.delivery.publication.enter import label_of

OF_A_LOCK = ("0+0123456789ab", "0+ba9876543210")


@dataclass(slots=True)
class Shelf:
    """What channels name, and who fetched what of it."""

    like: Manifest
    named: list[tuple[str, TargetFile]] = field(default_factory=list)
    data: dict[str, bytes] = field(default_factory=dict)
    fetched: list[str] = field(default_factory=list)

    def add(
        self,
        version: str,
        *,
        stack: str = "small",
        channel: str = "testing",
        labelled: bool = True,
        later: int = 0,
        label: Label | None = None,
    ) -> None:
        update = {"stack": stack, "version": version, "channel": channel}
        made = self.like.model_copy(update={**update, "created": NOW + timedelta(days=later)})
        target = TargetFile.from_data(made.target, made.canonical(), ["sha256"])
        said = label or label_of(made)
        self.named.append((channel, put_label(target, said if labelled else None)))
        self.data[made.target] = made.canonical()

    def fetch(self, role: str, target: TargetFile) -> Target:
        self.fetched.append(target.path.rpartition("/")[2].removesuffix(".manifest.json"))
        data, place = self.data[target.path], target_path(target.path, target)
        if sha256_bytes(data) != target.hashes["sha256"]:
            raise Refused("changed", where=place, reason=Reason.CHANGED)
        return Target(
            role=role, name=target.path, place=place, sha256=sha256_bytes(data), data=data
        )

    def pick(self, asked: str | None = None, channel: str | None = None) -> str:
        """Return the path of what is picked."""
        meant = Meant(where="public", asked=asked, channel=channel)
        return pick(self.named, meant, self.fetch).name.removesuffix(".manifest.json")


@pytest.fixture(scope="module")
def manifest(
    make_publication: MakePublication, tmp_path_factory: pytest.TempPathFactory
) -> Manifest:
    return make_publication(tmp_path_factory.mktemp("published")).manifests[0]


@pytest.fixture
def shelf(manifest: Manifest) -> Shelf:
    return Shelf(like=manifest)


def test_with_labels_only_the_picked_one_is_fetched(shelf: Shelf) -> None:
    for version in ("1.9", "1.10", "1.2"):
        shelf.add(version)
    assert shelf.pick() == "testing/small-1.10"
    assert shelf.fetched == ["small-1.10"]


def test_the_newest_may_be_one_without_a_label(shelf: Shelf) -> None:
    shelf.add("1.9")
    shelf.add("1.10", labelled=False)
    shelf.add("1.2", labelled=False)
    assert shelf.pick() == "testing/small-1.10"
    assert sorted(shelf.fetched) == ["small-1.10", "small-1.2"]


def test_the_newest_may_be_one_with_a_label(shelf: Shelf) -> None:
    shelf.add("1.10")
    shelf.add("1.9", labelled=False)
    assert shelf.pick() == "testing/small-1.10"
    assert sorted(shelf.fetched) == ["small-1.10", "small-1.9"]


def test_a_channel_bounds_what_is_fetched(shelf: Shelf) -> None:
    shelf.add("1", labelled=False)
    shelf.add("2", labelled=False)
    shelf.add("3", channel="stable", labelled=False)
    assert shelf.pick(channel="testing") == "testing/small-2"
    assert sorted(shelf.fetched) == ["small-1", "small-2"]


def test_a_named_version_is_fetched_alone(shelf: Shelf) -> None:
    for version in ("1", "2", "3"):
        shelf.add(version, labelled=False)
    assert shelf.pick("small@2") == "testing/small-2"
    assert shelf.fetched == ["small-2"]


def test_a_hyphen_in_a_name_hides_no_release(shelf: Shelf) -> None:
    """The path of stack `a-b` in version `1` is that of stack `a` in version `b-1`."""
    shelf.add("1", stack="a-b", labelled=False)
    shelf.add("0", stack="a", labelled=False)
    shelf.add("1", stack="c", labelled=False)
    assert shelf.pick("a") == "testing/a-0"
    assert sorted(shelf.fetched) == ["a-0", "a-b-1"]


def test_of_an_unclear_wish_all_choices_are_told(shelf: Shelf) -> None:
    shelf.add("1", labelled=False)
    shelf.add("2", stack="big", labelled=False)
    shelf.add("3", stack="tall")
    for asked in (None, "small@9", "nothing"):
        with pytest.raises(BadInput) as no:
            shelf.pick(asked)
        assert "big@2 (testing), small@1 (testing), tall@3 (testing)" in no.value.message


def test_none_at_all_is_a_no(shelf: Shelf) -> None:
    with pytest.raises(Refused) as no:
        shelf.pick()
    assert no.value.reason is Reason.MISSING


def test_the_time_tells_versions_of_locks_apart_and_no_others(shelf: Shelf) -> None:
    shelf.add(OF_A_LOCK[0], later=1)
    shelf.add(OF_A_LOCK[1], later=2, labelled=False)
    assert shelf.pick() == f"testing/small-{OF_A_LOCK[1]}"
    shelf.add("1.0", later=-9)
    assert shelf.pick() == "testing/small-1.0"


@pytest.mark.parametrize(
    ("stack", "version"), [("other", "1"), ("small", "0.1"), ("small", "\x1b[1m")]
)
def test_a_label_of_another_release_is_refused_though_it_is_not_asked_for(
    shelf: Shelf, stack: str, version: str
) -> None:
    lie = Label(channel="testing", stack=stack, version=version, created=NOW)
    shelf.add("1", label=lie)
    shelf.add("2")
    with pytest.raises(Refused) as no:
        shelf.pick("small@2")
    assert (no.value.reason, no.value.where) == (Reason.SWAPPED, "testing/small-1.manifest.json")
    assert shelf.fetched == []


def test_manifests_that_have_to_be_asked_and_are_not_proven_are_a_no(shelf: Shelf) -> None:
    for version in ("1", "2", "3"):
        shelf.add(version, labelled=False)
    for version in ("1", "3"):
        shelf.data[f"testing/small-{version}.manifest.json"] = b"{}"
    with pytest.raises(NotProven) as no:
        shelf.pick()
    assert [one.where.rpartition(".small-")[2] for one in no.value.doubts] == [
        "1.manifest.json",
        "3.manifest.json",
    ]
    assert shelf.pick("small@2") == "testing/small-2"


def test_one_without_a_label_may_not_say_that_it_is_another(shelf: Shelf) -> None:
    shelf.add("1", labelled=False)
    (role, target), *_ = shelf.named
    shelf.add("2", labelled=False)
    data = shelf.data["testing/small-2.manifest.json"]
    shelf.data[target.path] = data
    shelf.named[0] = role, TargetFile.from_data(target.path, data, ["sha256"])
    with pytest.raises(NotProven) as no:
        shelf.pick()
    assert no.value.reason is Reason.SWAPPED


def test_labelled_or_not_the_same_one_of_equal_versions_is_picked(
    manifest: Manifest,
) -> None:
    picked = set()
    for bare in ((), ("1.0",), ("1.0.0",), ("1.0", "1.0.0")):
        shelf = Shelf(like=manifest)
        for version in ("1.0.0", "1.0"):
            shelf.add(version, labelled=version not in bare)
        picked.add(shelf.pick())
    assert len(picked) == 1
