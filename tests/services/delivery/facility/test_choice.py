from __future__ import annotations

from datetime import UTC, datetime

import pytest

from peso.errors import BadInput, Reason, Refused
from peso.services.delivery.facility.choice import Meant
from peso.services.delivery.facility.releases import Release
from peso.services.delivery.manifest import Manifest


def release(stack: str, version: str, channel: str = "stable") -> Release:
    manifest = Manifest(
        schema_="peso.manifest/1",
        stack=stack,
        version=version,
        title="",
        channel=channel,
        created=datetime(2026, 11, 23, tzinfo=UTC),
        lock="",
        definition="",
        parts=(),
        files=(),
    )
    return Release(manifest=manifest, sha256="", place="")


def chosen(releases: list[Release], asked: str | None = None, channel: str | None = None) -> str:
    meant = Meant(where="public", asked=asked, channel=channel)
    return releases[meant.of([one.manifest for one in releases])].name


def test_the_newest_of_the_only_stack() -> None:
    one = [release("hpc", version) for version in ("26.9", "26.11", "26.10")]
    assert chosen(one) == "stable/hpc-26.11"
    assert chosen(one, "hpc") == "stable/hpc-26.11"


def test_versions_follow_pep_440_where_all_of_them_do() -> None:
    assert chosen([release("hpc", "1.0"), release("hpc", "1.0rc1")]) == "stable/hpc-1.0"


def test_other_versions_compare_number_by_number() -> None:
    one = [release("hpc", version) for version in ("2026-summer-9", "2026-summer-10")]
    assert chosen(one) == "stable/hpc-2026-summer-10"


def test_the_version_that_is_asked_for() -> None:
    one = [release("hpc", version) for version in ("1", "2")]
    assert chosen(one, "hpc@1") == "stable/hpc-1"


def test_a_channel_tells_releases_apart() -> None:
    one = [release("hpc", "1"), release("hpc", "2", "testing")]
    assert chosen(one, channel="stable") == "stable/hpc-1"
    assert chosen(one, "hpc@2") == "testing/hpc-2"


@pytest.mark.parametrize("asked", [None, "nothing", "hpc@3", "hpc"])
def test_nothing_is_guessed(asked: str | None) -> None:
    one = [release("hpc", "1"), release("ai", "2"), release("hpc", "2", "testing")]
    with pytest.raises(BadInput) as told:
        chosen(one, asked)
    assert "ai@2 (stable), hpc@1 (stable), hpc@2 (testing)" in str(told.value)


def test_no_release_at_all_is_a_no() -> None:
    with pytest.raises(Refused) as told:
        chosen([])
    assert told.value.reason is Reason.MISSING


@pytest.mark.parametrize(
    ("asked", "channel", "may"),
    [
        (None, None, {"stable/hpc-1", "stable/hpc-ai-1", "testing/hpc-1"}),
        ("hpc", None, {"stable/hpc-1", "stable/hpc-ai-1", "testing/hpc-1"}),
        ("hpc-ai", None, {"stable/hpc-ai-1"}),
        ("hpc@1", None, {"stable/hpc-1", "testing/hpc-1"}),
        ("hpc@ai-1", None, {"stable/hpc-ai-1"}),
        ("hpc", "testing", {"testing/hpc-1"}),
        ("h", None, set()),
    ],
)
def test_a_path_rules_out_only_what_it_cannot_be(
    asked: str | None, channel: str | None, may: set[str]
) -> None:
    paths = ("stable/hpc-1", "stable/hpc-ai-1", "testing/hpc-1")
    meant = Meant(where="public", asked=asked, channel=channel)
    assert {one for one in paths if meant.may_be(f"{one}.manifest.json")} == may
