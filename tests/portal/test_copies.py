"""A copy as a file: all of it comes back, and none of it where a byte is another one."""

from __future__ import annotations

import gzip
import json
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from peso.base.digest import sha256_bytes
from peso.errors import BadInput
from peso.portal.copies import CopiedItem, Copy, Head, read_copy, write_copy
from peso.services.delivery.pushing.batch import BATCH_LIMIT, item_of

ROWS = b'{"model": "a", "pk": 1}\n{"model": "b", "said": "\\n"}\n'
HEAD = Head(
    made_by="1.0",
    form=("people 0001",),
    rows=2,
    secret="nobody's",  # noqa: S106 - it is none
    sha256=sha256_bytes(ROWS),
)
LEDGER = "0123456789abcdef0123456789abcdef"
CONTENTS = (b"a log\nof two lines\n", b"", b'{"schema_name": "no tail"}\n', b"\0\xff" * 9000)


def _pushed() -> Iterator[tuple[CopiedItem, bytes]]:
    for data in CONTENTS:
        item = item_of("blob", sha256_bytes(data), data)
        yield CopiedItem(ledger=LEDGER, item=item), data


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "new" / "kept.backup"
    write_copy(path, HEAD, ROWS, _pushed())
    return path


def _all(file: Path) -> tuple[Copy, list[tuple[CopiedItem, bytes]]]:
    with read_copy(file) as copy:
        return copy, [*copy.pushed()]


def test_all_of_it_comes_back(file: Path) -> None:
    copy, pushed = _all(file)
    assert copy.head == HEAD
    assert "\n".join((*copy.lines, "")).encode() == ROWS
    assert pushed == [*_pushed()]
    assert copy.tail
    assert (copy.tail.items, copy.tail.bytes) == (len(CONTENTS), sum(map(len, CONTENTS)))
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [one.name for one in file.parent.iterdir()] == [file.name]


def test_the_same_is_the_same_file(file: Path, tmp_path: Path) -> None:
    write_copy(tmp_path / "again", HEAD, ROWS, _pushed())
    assert (tmp_path / "again").read_bytes() == file.read_bytes()


def test_one_that_was_not_written_whole_has_no_name(tmp_path: Path) -> None:
    def broken() -> Iterator[tuple[CopiedItem, bytes]]:
        yield next(_pushed())
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_copy(tmp_path / "kept.backup", HEAD, ROWS, broken())
    assert [*tmp_path.iterdir()] == []


def test_no_part_of_it_is_taken_for_the_whole(file: Path) -> None:
    whole = gzip.decompress(file.read_bytes())
    for length in range(len(whole)):
        if length > 1200 and length % 97:
            continue
        file.write_bytes(gzip.compress(whole[:length]))
        with pytest.raises(BadInput):
            _all(file)
    file.write_bytes(gzip.compress(whole + b"x"))
    with pytest.raises(BadInput, match="damaged"):
        _all(file)


def test_a_byte_that_is_another_one_is_seen(file: Path) -> None:
    packed = file.read_bytes()
    whole = gzip.decompress(packed)
    for at in range(0, len(whole), 31):
        changed = bytearray(whole)
        changed[at] ^= 1
        file.write_bytes(gzip.compress(bytes(changed)))
        with pytest.raises(BadInput):
            _all(file)
    for at in range(12, len(packed), 7):
        changed = bytearray(packed)
        changed[at] ^= 0x55
        file.write_bytes(changed)
        with pytest.raises(BadInput):
            _all(file)


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({"schema_name": "peso.portal-backup/1", "made_by": "0.9"}, "of another form"),
        ({"schema_name": "peso.portal-backup/2"}, "no copy of a portal"),
        ({"rows": 3}, "no copy of a portal"),
        ([], "no copy of a portal"),
    ],
)
def test_what_is_another_thing_says_so(tmp_path: Path, said: object, message: str) -> None:
    file = tmp_path / "x"
    file.write_bytes(gzip.compress(json.dumps(said).encode() + b"\n"))
    with pytest.raises(BadInput, match=message) as no:
        _all(file)
    assert ("PESO 0.9" in str(no.value.hint)) is (message == "of another form")
    file.write_bytes(b"no gzip")
    with pytest.raises(BadInput, match="no copy of a portal"):
        _all(file)


def test_what_is_too_long_is_not_read(file: Path) -> None:
    whole = gzip.decompress(file.read_bytes())
    first = _pushed().__iter__().__next__()[0]
    line = first.canonical()
    longer = line.replace(b'"length":19', f'"length":{BATCH_LIMIT + 1}'.encode())
    assert longer != line
    file.write_bytes(gzip.compress(whole.replace(line, longer)))
    with pytest.raises(BadInput, match="damaged"):
        _all(file)
    file.write_bytes(gzip.compress(b"{" * 20_000 + b"\n"))
    with pytest.raises(BadInput, match="damaged"):
        _all(file)
