"""Times and sizes: what is understood, to the byte, and what is told of the rest."""

from __future__ import annotations

import pytest

from peso.products.quantities import bytes_of, seconds


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("60 s", 60.0),
        ("60s", 60.0),
        (" 10 min ", 600.0),
        ("2 h", 7200.0),
        ("1.5 h", 5400.0),
        ("1 d", 86400.0),
        ("250 ms", 0.25),
        ("0.1 s", 0.1),
    ],
)
def test_times(text: str, value: float) -> None:
    assert seconds(text) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1 GiB", 1 << 30),
        ("512 MiB", 512 << 20),
        ("1 GB", 10**9),
        ("1 kB", 1000),
        ("1 KiB", 1024),
        ("1.5 KiB", 1536),
        ("2 TiB", 2 << 40),
        ("7 B", 7),
        ("0.3 KiB", 307),
    ],
)
def test_sizes(text: str, value: int) -> None:
    assert bytes_of(text) == value


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("60", "write a number and its unit"),
        ("", "write a number and its unit"),
        ("s", "write a number and its unit"),
        ("1e3 s", "write a number and its unit"),
        ("-1 s", "write a number and its unit"),
        ("inf s", "write a number and its unit"),
        ("1:30", "write a number and its unit"),
        ("1 min 30 s", "write a number and its unit"),
        ("9999999999999 s", "write a number and its unit"),
        ("60 sec", "did you mean 's'?"),
        ("2 hours", "known: ms, s, min, h, d"),
        ("5 m", "not a unit of time"),
        ("0 s", "above zero"),
        ("0.0 min", "above zero"),
    ],
)
def test_what_is_no_time_is_told(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said.replace("?", r"\?")):
        seconds(text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("1 Gib", "did you mean 'GiB'"),
        ("1 gb", "did you mean 'GB'"),
        ("1 G", "did you mean 'GB'"),
        ("512", "write a number and its unit"),
        ("0 B", "above zero"),
        ("0.1 B", "less than one byte"),
        ("1 s", "not a unit of size"),
    ],
)
def test_what_is_no_size_is_told(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        bytes_of(text)
