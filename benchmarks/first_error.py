"""How long the first error of a log takes: an ordinary large log, and the worst we can think of.

Processor time of this process, the best of three rounds. The ordinary log is that of builds that
went well (as given, else commands and warnings), repeated to 24 MB; with nothing to find, all of it
is searched. The hard ones are made of lines for patterns to stumble over. Budget: 2 s for ordinary
logs, 8 s for those that are made to be slow (exit status 1: missed).
"""

from __future__ import annotations

import argparse
import gzip
import sys
from pathlib import Path
from time import process_time

from peso.products.engines.failures.first_error import first_error

SIZE = 24_000_000
BUDGET, WORST = 2.0, 8.0
COMMAND = "/usr/bin/gcc -Wall -Werror=format -Wno-error=unused -O2 -c error.c -o error.o\n"
WARNING = "a.c:3:5: warning: 'error' is unused [-Wunused-variable]\n"
END = "a.c:3:5: error: 'x' undeclared\nmake: *** [Makefile:6: a.o] Error 1\n"
TRIGGERS = "error: fatal: cannot failed killed no such file ld: hunk mpi cmake error checksum *** ["
HARD = (
    *("error: ", ": error: 1", ":1", ":1:1:1: ", "a-", "a.", "(1,", "ld: ", "x/", " ", "\t"),
    *(
        "\x1b[1",
        "\x1b]8;;",
        "\x1b",
        "mpi",
        "make: cannot ",
        "CMake Error at (",
        "*** [",
        "checksum ",
    ),
    *("Query of package '", "relocation ", "sh: line 1: ", ": fatal error: ", "Error: ("),
)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("logs", type=Path, nargs="*", help="logs of builds that went well")
    quiet = "".join(read(path) for path in parser.parse_args().logs) or COMMAND * 9 + WARNING
    line = "".join(f"{WARNING}{COMMAND}" for _ in range(5))
    noticed = "make: *** [Makefile:6: a.o] Error 1\n"
    ordinary = {
        "a log that went well": repeated(quiet),
        "the same, with its only error at the end": repeated(quiet) + END,
        "commands and warnings that name errors": repeated(line),
    }
    worst = {
        "only make's own errors": repeated(noticed),
        "lines that may be errors": repeated("x: error: 12\nnot ok\ncannot\n"),
        "one line": "x" * SIZE,
        "one line with errors": repeated("error: "),
        "empty lines": "\n" * SIZE,
        "colours": repeated("\x1b[1;31mx\x1b[0m"),
        "tracebacks": repeated("Traceback (most recent call last):\n  File x\n"),
        "tracebacks without an end": repeated("Traceback (most recent call last):\n"),
    }
    slowest = max(timed(name, log) for name, log in ordinary.items())
    made = max(timed(name, log) for name, log in worst.items())
    hard = max(timed(f"hard: {text!r}", hardened(text), rounds=1) for text in HARD)
    print(
        f"slowest: {slowest:.2f} s; made to be slow: {made:.2f} s; hard lines, 1 MB: {hard:.2f} s"
    )
    return int(slowest > BUDGET or max(made, hard) > WORST)


def read(path: Path) -> str:
    data = path.read_bytes()
    return (gzip.decompress(data) if path.suffix == ".gz" else data).decode(errors="replace")


def repeated(text: str) -> str:
    return text * (SIZE // len(text) + 1)


def hardened(text: str) -> str:
    line = (text * (2000 // len(text)))[:1900]
    return f"{line}{TRIGGERS}\n{TRIGGERS} {line}\n{line}: error\n" * (1_000_000 // 6000)


def timed(name: str, log: str, *, rounds: int = 3) -> float:
    data, best = log.encode(), float("inf")
    for _ in range(rounds):
        began = process_time()
        first_error(data)
        best = min(best, process_time() - began)
    print(f"{best:6.2f} s  {len(data) / 1e6:5.1f} MB  {name}", flush=True)
    return best


if __name__ == "__main__":
    sys.exit(main())
