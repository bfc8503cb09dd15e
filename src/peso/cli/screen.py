"""The screen: the only place that prints.

1. Results go to standard output, progress and errors to standard error.
2. `--json` prints one document and nothing else on standard output; `--quiet` prints errors only.
3. On a terminal progress is one live line; elsewhere plain lines, one for each thing that ends.
"""

from __future__ import annotations

import dataclasses
import getpass
import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import peso
from peso.cli.words import in_words
from peso.errors import BadInput, PesoError

if TYPE_CHECKING:
    from peso.services.pipeline import Event, Observer

MARKS = {"started": ">", "ran": "+", "reused": "=", "failed": "!"}


def show(result: object, *, as_json: bool, quiet: bool) -> None:
    """Print a result: as one JSON document, as words, or not at all."""
    if as_json:
        _out(json.dumps(plain(result), indent=2, ensure_ascii=False))
    elif not quiet:
        _out(in_words(result))


def fail(error: PesoError, *, as_json: bool, quiet: bool = False) -> int:
    """Print an error, and return its exit code; what was done until then comes before it."""
    account = getattr(error, "account", None)  # of a delivery that the gate stopped
    if account is not None and not as_json and not quiet:
        _err(in_words(account))
    if as_json:
        said = {"error": _plain_error(error)}
        said |= {"delivery": plain(account)} if account is not None else {}
        _out(json.dumps(said, indent=2, ensure_ascii=False))
    else:
        reason = f" [{error.reason}]" if error.reason else ""
        _err(f"peso: {error}{reason}" if not error.where else f"peso:{reason} {error}")
    return error.exit_code


def tell(line: str, *, quiet: bool) -> None:
    """Print a line of progress."""
    if not quiet:
        _err(line)


def show_version() -> None:
    """Print PESO's version."""
    _out(f"peso {peso.__version__}")


def ask_passphrase() -> bytes:
    """Ask the person at the terminal for the passphrase of the keys."""
    if not sys.stdin.isatty():
        raise BadInput(
            "the keys need their passphrase, and nobody is at the terminal",
            hint="write it to a file only you can read and name it in PESO_PASSPHRASE_FILE",
        )
    return getpass.getpass("passphrase of the keys: ").encode()


def ask_new_passphrase() -> bytes:
    """Ask twice for a new passphrase."""
    first = ask_passphrase()
    if getpass.getpass("once more: ").encode() != first:
        raise BadInput("the two passphrases differ", hint="try again")
    return first


def plain(result: object) -> Any:  # noqa: ANN401 - any JSON value
    """Return a result as plain JSON data."""
    if hasattr(result, "plain"):
        return result.plain()
    if isinstance(result, (list, tuple)):
        return [plain(item) for item in result]
    if dataclasses.is_dataclass(result) and not isinstance(result, type):
        return dataclasses.asdict(result)
    if hasattr(result, "__struct_fields__"):
        from msgspec import to_builtins  # noqa: PLC0415 - only who has a struct has it already

        return to_builtins(result)
    return result


@contextmanager
def watched(*, as_json: bool, quiet: bool) -> Iterator[Observer]:
    """Yield an observer that shows progress on standard error."""
    if as_json or quiet:
        yield lambda _event: None
    elif sys.stderr.isatty():
        with _live() as observer:
            yield observer
    else:
        yield _plain_lines()


def _plain_lines() -> Observer:
    began = time.monotonic()
    said = {"at": 0.0}

    def observe(event: Event) -> None:
        elapsed = time.monotonic() - began
        if event.did == "progress":
            # A log file wants a sign of life, not a line for each file.
            if event.progress is None or elapsed - said["at"] < 5:  # noqa: PLR2004
                return
            text = f"{event.progress.done}/{event.progress.total} {event.progress.line}"
            mark = " "
        else:
            mark, text = _mark(event), _what(event)
        said["at"] = elapsed
        _err(f"{mark} [{event.number}/{event.of}] {event.step:<9} {elapsed:6.1f} s  {text}")

    return observe


@contextmanager
def _live() -> Iterator[Observer]:
    # Imported late: only a terminal needs it, and it takes as long as everything else together.
    from rich.console import Console  # noqa: PLC0415
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn  # noqa: PLC0415

    columns = (
        TextColumn("[{task.fields[number]}/{task.fields[of]}] {task.description:<9}"),
        BarColumn(bar_width=20),
        TextColumn("{task.completed:.0f}/{task.total:.0f}"),
        TimeElapsedColumn(),
        TextColumn("{task.fields[line]}", markup=False),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bars:
        task = bars.add_task("", total=1, number=0, of=0, line="")

        def observe(event: Event) -> None:
            line = event.why if event.progress is None else event.progress.line
            bars.update(
                task,
                description=event.step,
                completed=event.progress.done if event.progress else 0,
                total=max(1, event.progress.total) if event.progress else 1,
                number=event.number,
                of=event.of,
                line=line[:60],
            )
            if event.did in {"ran", "reused", "failed"}:
                bars.console.print(
                    f"{_mark(event)} [{event.number}/{event.of}] {event.step:<9} {_what(event)}",
                    markup=False,
                    highlight=False,
                )

        yield observe


def _mark(event: Event) -> str:
    return MARKS["failed" if event.no else event.did]


def _what(event: Event) -> str:
    """Say what came of a step; why it ran is said when it starts, and in the account."""
    return f"{event.did}: {event.result or event.why}"


def _plain_error(error: PesoError) -> dict[str, Any]:
    faults = error.faults if isinstance(error, BadInput) else ()
    doubts = getattr(error, "doubts", ())  # of a publication that was not proven
    return {
        "message": error.message,
        "where": error.where,
        "hint": error.hint,
        "reason": error.reason,
        "exit_code": error.exit_code,
        "faults": [
            {
                "where": fault.where,
                "message": fault.message,
                "expected": fault.expected,
                "hint": fault.hint,
            }
            for fault in faults
        ],
        "doubts": [
            {"reason": doubt.reason, "where": doubt.where, "message": doubt.message}
            for doubt in doubts
        ],
    }


def _out(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - the one place


def _err(text: str) -> None:
    print(text, file=sys.stderr, flush=True)  # noqa: T201 - the one place
