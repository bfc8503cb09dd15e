from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tuf.api.metadata import Metadata, Root, Snapshot, TargetFile, Targets, Timestamp

from peso.errors import Reason, Refused
from peso.services.delivery.signing.serialize import metadata_bytes, metadata_limit, parse_metadata

EXPIRES = datetime(2027, 1, 1, tzinfo=UTC)


def targets(**names: str) -> Metadata[Targets]:
    return Metadata(
        Targets(
            version=3,
            expires=EXPIRES,
            targets={
                name: TargetFile.from_data(name, data.encode(), ["sha256"])
                for name, data in names.items()
            },
        )
    )


def test_metadata_reads_back_to_the_same_bytes() -> None:
    root = metadata_bytes(Metadata(Root(version=1, expires=EXPIRES)))
    assert metadata_bytes(parse_metadata(root, Root, where="x")) == root
    snapshot = metadata_bytes(Metadata(Snapshot(version=1, expires=EXPIRES)))
    assert metadata_bytes(parse_metadata(snapshot, Snapshot, where="x")) == snapshot
    timestamp = metadata_bytes(Metadata(Timestamp(version=1, expires=EXPIRES)))
    assert metadata_bytes(parse_metadata(timestamp, Timestamp, where="x")) == timestamp


@settings(max_examples=25, deadline=None)
@given(st.dictionaries(st.text(min_size=1), st.text(), max_size=5))
def test_any_names_survive_the_round_trip(names: dict[str, str]) -> None:
    data = metadata_bytes(targets(**names))
    assert metadata_bytes(parse_metadata(data, Targets, where="x")) == data


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data + b"\n",
        lambda data: b" " + data,
        lambda data: json.dumps(json.loads(data)).encode(),
        lambda data: data.replace(b'"version":3', b'"version":3.0'),
        lambda data: data.replace(b'"version":3', b'"version":3,"version":3'),
        lambda data: data[:-1],
        lambda _: b"",
        lambda _: b"[]",
        lambda _: b"\xff",
        lambda _: b"[" * 200_000,
    ],
)
def test_other_bytes_are_refused(change: object) -> None:
    assert callable(change)
    with pytest.raises(Refused) as no:
        parse_metadata(change(metadata_bytes(targets(a="b"))), Targets, where="here")
    assert no.value.reason is Reason.CHANGED
    assert no.value.where == "here"


def test_metadata_of_another_type_is_swapped() -> None:
    with pytest.raises(Refused) as no:
        parse_metadata(metadata_bytes(targets()), Snapshot, where="3.snapshot.json")
    assert no.value.reason is Reason.SWAPPED


def test_nothing_longer_than_a_client_reads_is_read_or_written() -> None:
    long = " " * metadata_limit(Timestamp)
    with pytest.raises(Refused) as no:
        parse_metadata(f"{long} ".encode(), Timestamp, where="timestamp.json")
    assert no.value.reason is Reason.TOO_LARGE
    metadata = Metadata(Timestamp(version=1, expires=EXPIRES, unrecognized_fields={"x": long}))
    with pytest.raises(Refused) as no:
        metadata_bytes(metadata)
    assert no.value.reason is Reason.TOO_LARGE
