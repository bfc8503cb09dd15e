"""What the end of a delivery says of native parts."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from tests.native_locks import Piece, build_of, full, lock_of

from peso.cli.build_words import SHOWN, native_lines
from peso.products.engines.native import FirstError, NativeBuild
from peso.products.engines.port import Artifact
from peso.services.integration.build import Build
from peso.services.integration.native_report import NativeReport, native_reports

NOW = datetime(2026, 11, 23, tzinfo=UTC)
LOG = Artifact(role="log", path="log", media_type="text/plain", length=1, sha256="ab" * 32)


def report(part: NativeBuild) -> NativeReport:
    build = Build(parts=(part,), started=NOW, finished=NOW)
    (one,) = native_reports(build, lambda sha256: Path("/ledger") / sha256)
    return one


def failed(count: int, text: str = "error: so") -> NativeBuild:
    lock = lock_of(
        *(Piece(f"f{at}", f"f{at}") for at in range(count)), Piece("up", "up", root=True)
    )
    made = build_of(lock)
    error = FirstError(line=7, text=text, phase="build", kind="compile")
    units = [
        one.model_copy(update={"outcome": "failed", "because": "so", "log": LOG, "error": error})
        for one in made.units[:count]
    ]
    last = made.units[-1].model_copy(
        update={"outcome": "not-tried", "blocked_by": (full(f"f{count - 1}"),)}
    )
    return made.model_copy(update={"units": (*units, last)})


def test_it_counts_and_names_what_failed_with_its_log() -> None:
    said = report(failed(2))
    assert {one.outcome: one.units for one in said.outcomes} == {"failed": 2, "not-tried": 1}
    first, second = said.failed
    assert (first.unit, first.holds_up, first.log) == ("f1@1.0/f1xxxxx", 1, f"/ledger/{'ab' * 32}")
    assert second.holds_up == 0


def test_the_words_are_one_line_for_all_and_some_for_each_failure() -> None:
    lines = list(native_lines(report(failed(1))))
    assert lines == [
        "native: 2 units: 1 failed, 1 not tried",
        "  failed  f0@1.0/f0xxxxx: so; 1 not tried because of it",
        "    error: so",
        "    (compile, phase build, line 7 of its log)",
        f"    log  /ledger/{'ab' * 32}",
    ]


def test_many_failures_are_counted_not_told() -> None:
    lines = list(native_lines(report(failed(SHOWN + 3))))
    assert lines[-1] == "  and 3 more failed"


def test_a_terminal_only_shows_what_a_log_says() -> None:
    text = "\x1b]0;owned\x07\x1b[2J\nerror " + "x" * 10_000
    said = "\n".join(native_lines(report(failed(1, text))))
    assert "\x1b" not in said
    assert "\x07" not in said
    assert max(map(len, said.splitlines())) < 200
