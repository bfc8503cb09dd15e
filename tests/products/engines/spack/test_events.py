from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.products.engines.spack.lock_files import DATA, errors_of, output_of

from peso.products.engines.spack.events import (
    LINE_LIMIT,
    Event,
    Stream,
    event_of,
    last_words,
)

HASH = "tk7lkqx5i3ojmr4saeg5il4nhclsmcfs"
LOG = f"/stage/spack-stage-broken-1.0-{HASH}-1xhsts0j.log"
RECORDED = sorted(one.stem for one in DATA.glob("*.out"))


def events(name: str) -> list[Event]:
    return list(Stream().feed(output_of(name)))


@pytest.mark.parametrize(
    ("line", "event"),
    [
        (
            "[ ] aizsjcc numactl@2.0.16 autoreconf (1s)",
            Event(
                kind="phase",
                hash="aizsjcc",
                name="numactl",
                version="2.0.16",
                text="autoreconf",
                seconds=1,
            ),
        ),
        (
            "[ ] aizsjcc numactl@2.0.16 fetching from build cache",
            Event(
                kind="phase",
                hash="aizsjcc",
                name="numactl",
                version="2.0.16",
                text="fetching from build cache",
            ),
        ),
        (
            "[+] kj7t3ic libunwind@1.6.2 /with a blank/libunwind (odd) (1h02m)",
            Event(
                kind="done",
                hash="kj7t3ic",
                name="libunwind",
                version="1.6.2",
                text="/with a blank/libunwind (odd)",
                seconds=3720,
            ),
        ),
        (
            "[x] tk7lkqx broken@1.0 failed",
            Event(kind="failed", hash="tk7lkqx", name="broken", version="1.0"),
        ),
        (
            f"[x] tk7lkqx broken@git.main=1.0 failed: {LOG} (3m05s)",
            Event(
                kind="failed",
                hash="tk7lkqx",
                name="broken",
                version="git.main=1.0",
                text=LOG,
                seconds=185,
            ),
        ),
        (
            "\x1b[32m[e]\x1b[0m \x1b[0;90mdljm5ab\x1b[0m m4\x1b[0;36m@1.4.19\x1b[0m /usr (0s)\r",
            Event(
                kind="external", hash="dljm5ab", name="m4", version="1.4.19", text="/usr", seconds=0
            ),
        ),
        (
            "[+] dljm5ab m4@1.4.19",
            Event(kind="done", hash="dljm5ab", name="m4", version="1.4.19"),
        ),
    ],
)
def test_a_line_of_the_installer_is_an_event(line: str, event: Event) -> None:
    assert event_of(line) == event


@pytest.mark.parametrize(
    "line",
    [
        "",
        "==> Error: The following packages failed to install:",
        "[+] /store/linux-x86_64_v3/lz4-1.9.4",
        "[?] dljm5ab m4@1.4.19 /usr (0s)",
        "[ ] DLJM5AB m4@1.4.19 build",
        "[ ] dljm5ab m4 build",
        " [ ] dljm5ab m4@1.4.19 build",
        "[ ] dljm5ab m4@",
    ],
)
def test_any_other_line_is_none(line: str) -> None:
    assert event_of(line) is None


def test_what_is_recorded_is_read_to_the_last_line() -> None:
    for name in RECORDED:
        assert len(events(name)) == output_of(name).count(b"\n"), name


def test_what_became_of_units_is_told_in_order() -> None:
    said = [(one.name, one.kind) for one in events("compile-failure") if one.kind != "phase"]
    assert said == [("good", "done"), ("hungry", "done"), ("broken", "failed"), ("slow", "done")]
    assert [one.text for one in events("from-cache")][2:4] == ["relocating", "relocating"]
    assert {one.name for one in events("fetch-failure") if one.kind == "external"} >= {"gcc", "m4"}
    assert events("nothing") == []


@given(cuts=st.lists(st.integers(0, 3000), max_size=30))
def test_pieces_of_any_size_give_the_same_events(cuts: list[int]) -> None:
    data = output_of("fetch-failure")
    stream = Stream()
    places = [0, *sorted(cuts), len(data)]
    pieces = [data[a:b] for a, b in itertools.pairwise(places)]
    assert [one for piece in pieces for one in stream.feed(piece)] == events("fetch-failure")


@given(data=st.binary(max_size=400), text=st.text(max_size=200))
def test_nothing_is_raised_on_garbage(data: bytes, text: str) -> None:
    said = data + b"\n" + text.encode(errors="surrogatepass") + b"\n"
    assert len(list(Stream().feed(said))) <= len(said)
    assert event_of(text) is None or "[" in text
    assert not last_words(text).failed or "/" in text


def test_a_line_without_an_end_is_not_kept() -> None:
    stream = Stream()
    for _ in range(100):
        assert not list(stream.feed(b"x" * LINE_LIMIT))
    assert len(stream._tail) <= LINE_LIMIT
    after = b"\n[e] dljm5ab m4@1.4.19 /usr (0s)\n"
    assert [one.name for one in stream.feed(after)] == ["m4"]


def test_the_last_words_name_what_failed_by_full_hash() -> None:
    words = last_words(errors_of("compile-failure"))
    assert [(one.hash, one.log) for one in words.failed] == [(HASH, LOG)]
    assert words.errors == ()


def test_errors_inside_a_log_are_not_spacks_own() -> None:
    words = last_words("-- lines 1 to 2 --\n  ==> Error: of the log\n> ==> Error: marked\n")
    assert words.errors == ()


def test_what_kept_spack_from_working_is_told() -> None:
    said = (
        "==> Warning: something\n"
        "==> Error: cannot create lock '/store/.spack-db/lock': location is not writable\n"
        "    and a second line\n"
        "==> Error: another\n"
    )
    words = last_words(said)
    assert words.failed == ()
    assert words.errors == (
        "cannot create lock '/store/.spack-db/lock': location is not writable\nand a second line",
        "another",
    )
