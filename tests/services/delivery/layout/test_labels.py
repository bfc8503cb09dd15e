from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from tuf.api.metadata import TargetFile

from peso.services.delivery.layout.labels import Label, is_but_for_label, label_on, put_label

NAME = "testing/hpc-ai-26.11.manifest.json"
LABEL = Label(
    channel="testing",
    stack="hpc-ai",
    version="26.11",
    created=datetime(2026, 11, 23, 12, 0, 0, 5, tzinfo=UTC),
)


def bare() -> TargetFile:
    return TargetFile.from_data(NAME, b"manifest", ["sha256"])


def test_a_label_comes_back_as_it_was_put_on() -> None:
    labelled = put_label(bare(), LABEL)
    back = TargetFile.from_dict(labelled.to_dict(), NAME)
    assert label_on("testing", back) == LABEL
    assert (back.length, back.hashes) == (bare().length, bare().hashes)
    assert put_label(bare(), None) == bare()


@pytest.mark.parametrize(
    "said",
    [
        None,
        "hpc-ai@26.11",
        {},
        {"stack": "hpc-ai", "version": "26.11"},
        {"stack": "hpc-ai", "version": 26.11, "created": "2026-11-23T12:00:00+00:00"},
        {"stack": "hpc-ai", "version": "26.11", "created": "yesterday"},
        {"stack": "hpc-ai", "version": "26.11", "created": "2026-11-23T12:00:00"},
    ],
)
def test_what_is_no_whole_label_is_none(said: Any) -> None:  # noqa: ANN401 - anything in JSON
    target = TargetFile(1, bare().hashes, NAME, {"custom": said})
    assert label_on("testing", target) is None


def test_a_label_may_be_more_and_never_another() -> None:
    labelled = put_label(bare(), LABEL)
    assert is_but_for_label(bare(), bare())
    assert is_but_for_label(labelled, labelled)
    assert is_but_for_label(labelled, bare())
    assert not is_but_for_label(bare(), labelled)
    assert not is_but_for_label(put_label(bare(), replace(LABEL, version="1")), labelled)
    assert not is_but_for_label(labelled, TargetFile.from_data(NAME, b"other", ["sha256"]))
