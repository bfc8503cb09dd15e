"""What counts as the first error, what is noise, and what the caller knows better."""

from __future__ import annotations

import string
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peso.errors import Outside
from peso.products.engines.failures import first_error as module
from peso.products.engines.failures.first_error import first_error, first_error_in
from peso.products.engines.failures.signs import SIGNS

COMPILE = "a.c:3:5: error: 'x' undeclared (first use in this function)"
MAKE = "make: *** [Makefile:6: a.o] Error 1"
END = "Command exited with status 2:\n    /usr/bin/make"


def kind(*lines: str) -> str | None:
    found = first_error("\n".join(lines))
    return None if found is None else found.kind


def test_nothing_is_nothing() -> None:
    assert first_error("") is None
    assert first_error(b"\n\n") is None


def test_a_place_a_text_and_a_phase() -> None:
    found = first_error(
        f"==> x: Executing phase: 'configure'\n==> x: Executing phase: 'build'\n\n{COMPILE}\n{MAKE}"
    )
    assert found is not None
    assert (found.line, found.text, found.phase, found.kind) == (4, COMPILE, "build", "compile")


@pytest.mark.parametrize(
    "line",
    [
        "checking for error_at_line... yes",
        "checking for flex... /bin/sh: 1: flex: not found",
        "-- Performing Test HAVE_ERROR_H - Failed",
        "gcc -Wall -Werror -Wno-error=foo -c error.c -o error.o",
        "0 errors, 3 warnings",
        "a.c:3:5: warning: format string 'fatal error: %s' is odd [-Wformat]",
        "conftest.c:4:10: fatal error: nosuch.h: No such file or directory",
        "make[1]: [Makefile:3: clean] Error 1 (ignored)",
        "fatal: not a git repository (or any of the parent directories): .git",
        '==> [2026-01-01-00:00:00.0] FILTER FILE: configure [replacing "error: cannot find -l"]',
        "max error: 3.2e-12",
        "XFAIL: residual",
        "# FAIL:  0",
        "100% tests passed, 0 tests failed out of 12",
        "/usr/bin/ld: warning: a.o: missing .note.GNU-stack section implies executable stack",
        "ranlib: file: x.a(y.o) has no symbols",
    ],
)
def test_noise_is_no_error(line: str) -> None:
    assert kind(line) is None
    assert kind(line, COMPILE, MAKE, END) == "compile"
    assert kind(line, MAKE, END) == "other"


@pytest.mark.parametrize(
    "line",
    ["install: cannot stat 'x': No such file or directory", "error: it was not to be", "not ok 3"],
)
def test_a_likely_error_counts_only_if_something_failed_later(line: str) -> None:
    assert first_error(f"{line}\nall is well") is None
    found = first_error(f"{line}\n{MAKE}")
    assert found is not None
    assert found.text == line


def test_a_program_that_is_missing_counts_only_if_it_stopped_the_build() -> None:
    missing = "./build.sh: line 3: git: command not found"
    assert kind(missing, COMPILE, MAKE) == "compile"
    assert kind(missing, "make: *** [Makefile:6: version.h] Error 127") == "missing-program"


def test_make_is_the_last_to_be_asked() -> None:
    assert kind(MAKE, COMPILE, END) == "compile"
    found = first_error(f"{MAKE}\n{END}")
    assert found is not None
    assert (found.line, found.kind) == (1, "other")


def test_the_first_of_many_counts() -> None:
    found = first_error(
        "\n".join([COMPILE, *[f"b.c:{n}:1: error: more" for n in range(500)], MAKE])
    )
    assert found is not None
    assert found.line == 1


def test_what_a_command_survived_is_not_why_the_next_one_failed() -> None:
    log = [
        "==> x: Executing phase: 'build'",
        "==> [2026-01-01-00:00:00.0] ./probe",
        "probe.c:1:1: error: not that",
        "==> [2026-01-01-00:00:01.0] /usr/bin/make",
        "/usr/bin/ld: cannot find -lnosuch",
        MAKE,
        END,
    ]
    assert kind(*log) == "missing-library"


def test_what_a_phase_survived_is_not_why_the_next_one_failed() -> None:
    log = ["==> x: Executing phase: 'configure'", COMPILE, "==> x: Executing phase: 'build'", MAKE]
    assert kind(*log) == "other"


def test_a_phase_is_asked_before_make_is() -> None:
    log = ["==> x: Executing phase: 'build'", COMPILE, "==> [2026-01-01-00:00:01.0] ls", END]
    assert kind(*log) == "compile"


def test_an_early_error_counts_where_nobody_noticed_a_later_one() -> None:
    assert kind(COMPILE, "==> x: Executing phase: 'build'", "making it") == "compile"


def test_the_reason_cmake_gives_below_is_told() -> None:
    found = first_error("CMake Error at CMakeLists.txt:5 (message):\n\n  HDF5 is needed\n")
    assert found is not None
    assert found.text == "CMake Error at CMakeLists.txt:5 (message): HDF5 is needed"


def test_tests_of_a_recipe_that_fail_are_tests() -> None:
    assert kind("==> Testing package x-1.0-abc", END) == "test"


class TestEnded:
    def test_a_limit_is_told_at_the_last_line(self) -> None:
        found = first_error("making a\nmaking b\n\n", ended="time")
        assert found is not None
        assert (found.kind, found.line, found.text) == ("time", 2, "making b")

    def test_an_empty_log_has_a_limit_too(self) -> None:
        found = first_error("", ended="memory")
        assert found is not None
        assert (found.kind, found.line, found.text) == ("memory", 1, "")

    def test_an_error_before_the_limit_is_the_first(self) -> None:
        found = first_error(f"{COMPILE}\nmaking b", ended="time")
        assert found is not None
        assert found.kind == "compile"

    def test_who_noticed_something_is_no_error_before_a_limit(self) -> None:
        found = first_error(f"{MAKE}\nmaking b", ended="memory")
        assert found is not None
        assert (found.kind, found.line) == ("memory", 2)

    def test_a_signal_says_nothing_about_the_log(self) -> None:
        assert first_error("making a", ended="signal") is None


class TestBytes:
    def test_colours_are_taken_out(self) -> None:
        line = (
            "\x1b[01m\x1b[Ka.c:3:5:\x1b[m\x1b[K \x1b[01;31m\x1b[Kerror: \x1b[m\x1b[K'x' undeclared"
        )
        found = first_error(f"{line}\n")
        assert found is not None
        assert found.text == "a.c:3:5: error: 'x' undeclared"

    def test_links_of_terminals_are_taken_out(self) -> None:
        found = first_error("\x1b]8;;file://x\x07a.c:3:5:\x1b]8;;\x07 error: 'x' undeclared")
        assert found is not None
        assert found.text == "a.c:3:5: error: 'x' undeclared"

    def test_a_progress_bar_hides_nothing_and_counts_as_one_line(self) -> None:
        found = first_error(f"one\r\n 10%\r 20%\r{COMPILE}\r\n")
        assert found is not None
        assert (found.line, found.text) == (2, COMPILE)

    def test_nul_and_broken_utf8(self) -> None:
        found = first_error(b"\0\0\xff\xfe\n\xe2a.c:3:5: error: \xff\0x\n")
        assert found is not None
        assert (found.line, found.text) == (2, "\ufffda.c:3:5: error: \ufffd x")

    def test_a_long_line_is_cut(self) -> None:
        found = first_error(f"{COMPILE}{'x' * 1_000_000}")
        assert found is not None
        assert len(found.text) == module.TEXT
        assert found.text.endswith("…")

    def test_text_that_cannot_be_encoded(self) -> None:
        assert kind("\udcff", COMPILE) == "compile"


class TestFiles:
    def test_a_file(self, tmp_path: Path) -> None:
        path = tmp_path / "build.log"
        path.write_text(f"one\n{COMPILE}\n")
        assert first_error_in(path) == first_error(path.read_bytes())

    def test_a_large_file_keeps_its_line_numbers(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(module, "SIZE", 4096)
        path = tmp_path / "build.log"
        path.write_text("all is well\n" * 5000 + f"{COMPILE}\n{MAKE}\n")
        found = first_error_in(path)
        assert found is not None
        assert (found.line, found.kind) == (5001, "compile")

    def test_the_first_half_of_a_large_file_is_read(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(module, "SIZE", 4096)
        path = tmp_path / "build.log"
        path.write_text(f"one\n{COMPILE}\n" + "all is well\n" * 5000)
        found = first_error_in(path)
        assert found is not None
        assert found.line == 2

    def test_a_file_that_is_not_there(self, tmp_path: Path) -> None:
        with pytest.raises(Outside, match="cannot read the log"):
            first_error_in(tmp_path / "gone")


WORDS = st.sampled_from([line for sign in SIGNS for line in (*sign.yes, *sign.no)])
NOISE = st.text(alphabet=string.printable + "\0\x1b\r\u2019\udcff", max_size=200)
LOGS = st.lists(st.one_of(WORDS, NOISE), max_size=30).map("\n".join)


@given(LOGS)
def test_any_log_is_read_and_what_is_told_is_in_it(log: str) -> None:
    found = first_error(log)
    if found is not None:
        assert 1 <= found.line <= log.count("\n") + 1
        assert "\n" not in found.text


@given(st.binary(max_size=2000))
def test_any_bytes_are_read(log: bytes) -> None:
    found = first_error(log)
    assert found is None or (found.line >= 1 and found.text)


@given(LOGS, st.integers(0, 50))
def test_quiet_lines_before_only_move_the_number(log: str, lines: int) -> None:
    before, after = first_error(log), first_error("all is well\n" * lines + log)
    assert (before is None) == (after is None)
    if before is not None and after is not None:
        assert after.line == before.line + lines
        assert (after.text, after.kind) == (before.text, before.kind)
