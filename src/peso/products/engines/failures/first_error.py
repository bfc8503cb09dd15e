"""The first real error in the log of a failed build: where a person would start to read.

1. Only lines that a sign of the table fits count (`signs.py`), never noise: warnings, what
   configure and CMake probe, commands that name an `error.o`.
2. The last command that Spack started is looked at first, then the rest of its phase: what came
   before ended well. There the first line by which a tool surely stopped; else the first likely
   one, if something says later that the build failed; else who noticed it (make, Spack's command).
   All before counts only where nobody notices anything.
3. How the build ended is known to the caller alone. A log that was cut by a time or memory limit
   has the error it has; without one it is the limit, at the last line.
4. Bounded in time and memory: a few plain searches over the log, patterns on the lines found.

A log of a build that went well has no first error. No text is masked, nor shortened but for length.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from peso.errors import Outside
from peso.products.engines.failures.log import Log, plain
from peso.products.engines.failures.sign import Sign, Weight
from peso.products.engines.failures.signs import SIGNS
from peso.products.engines.failures.tracebacks import Traceback, tracebacks
from peso.products.engines.native import FailureKind, FirstError

Ended = Literal["exit", "signal", "time", "memory"]
TEXT = 1000
"""Characters of a line that are told."""
SIZE = 64 << 20
"""Bytes of a file that are read; of a larger one its first and last half of these."""
_NOISE = re.compile(
    r"^\s*(?:checking |-- |==> \[|==> Warning|[\[(] *\d+%)|\(ignored\)|[Ww]arning: |WARNING: "
    r"|conftest\b|_configtest|CMakeScratch|CMakeTmp|\bcmTC_|TryCompile"
)
_BITS = {
    needle: sum(1 << at for at, sign in enumerate(SIGNS) if needle in sign.needles)
    for needle in dict.fromkeys(needle for sign in SIGNS for needle in sign.needles)
}
"""For each needle the signs that have it, as bits."""
_OF_WEIGHT: dict[Weight, int] = {
    weight: sum(1 << at for at, sign in enumerate(SIGNS) if sign.weight == weight)
    for weight in ("sure", "likely", "late")
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    place: int
    kind: FailureKind
    weight: Weight
    told_below: bool = False


def first_error(text: str | bytes, *, ended: Ended = "exit") -> FirstError | None:
    """Find the first real error in a log, or None where there is none.

    `ended` says how the build ended: by itself, by a signal, or by a limit of the caller.
    """
    data = text.encode(errors="replace") if isinstance(text, str) else text
    return _first(Log(plain(data)), ended)


def first_error_in(path: Path, *, ended: Ended = "exit") -> FirstError | None:
    """Find the first real error in a log file, of which at most `SIZE` bytes are kept in memory.

    Raises:
        Outside: The file cannot be read.
    """
    try:
        return _first(_read(path), ended)
    except OSError as error:
        raise Outside(f"cannot read the log: {error.strerror or error}", where=str(path)) from error


def _read(path: Path) -> Log:
    """Read a file; of a large one the middle is only counted."""
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(0)
        if size <= SIZE:
            return Log(plain(file.read(SIZE)))
        head = plain(file.read(SIZE // 2))
        skipped, left = 0, size - SIZE
        while left > 0 and (block := file.read(min(left, 1 << 20))):
            skipped += block.count(b"\n")
            left -= len(block)
        return Log(head + plain(file.read(SIZE // 2)), skipped=skipped, skipped_at=len(head))


def _first(log: Log, ended: Ended) -> FirstError | None:
    late: _Found | None = None
    for part, (start, end) in enumerate(log.stretches):
        if part == len(log.stretches) - 1 and late is not None:
            break  # someone noticed a failure after all this had ended well
        firsts = _firsts(log, start, end)
        late = late or firsts.get("late")
        best = firsts.get("sure") or firsts.get("likely")
        if best is not None:
            return _told(log, best)
    if ended in {"time", "memory"}:
        return _limit(log, "time" if ended == "time" else "memory")
    return None if late is None else _told(log, late)


def _firsts(log: Log, start: int, end: int) -> dict[Weight, _Found]:
    """Find the first of each weight between two places."""
    firsts: dict[Weight, _Found] = {}
    for place, bits, traceback in _lines(log, start, end):
        if bits and not bits & sum(_OF_WEIGHT[one] for one in _OF_WEIGHT if one not in firsts):
            continue  # it can only be what was found already
        found = _judge(log, place, bits, traceback)
        if found is not None:
            firsts.setdefault(found.weight, found)
            if found.weight == "sure":
                break
    return firsts


def _lines(log: Log, start: int, end: int) -> Iterator[tuple[int, int, Traceback | None]]:
    """Find the lines between two places that a sign may fit, in order."""
    blocks = tracebacks(log, start, end)
    ends = {one.exception: one for one in blocks if one.exception is not None}
    lines = dict.fromkeys(ends, 0) | _candidates(log, start, end)
    inside = iter(blocks)
    block: Traceback | None = next(inside, None)
    for place in sorted(lines):
        while block is not None and place >= (block.exception or block.end):
            block = next(inside, None)
        if block is not None and place >= block.start:
            continue  # the source in a traceback
        yield place, lines[place], ends.get(place)


def _candidates(log: Log, start: int, end: int) -> dict[int, int]:
    """Find the starts of all lines with a needle, with the signs that have it."""
    lines: dict[int, int] = {}
    find = log.flat.find
    for needle, bits in _BITS.items():
        place = find(needle, start, end)
        while place >= 0:
            line = log.start_of_line(place)
            lines[line] = lines.get(line, 0) | bits
            place = find(needle, log.end_of_line(place), end)
    return lines


def _judge(log: Log, place: int, bits: int, traceback: Traceback | None) -> _Found | None:
    """Say what a line is; None for noise."""
    line = log.line(place)
    sign = _fitting(log, place, line, bits)
    if (sign is not None or traceback is not None) and _NOISE.search(line):
        return None
    if traceback is not None and (sign is None or sign.kind == "other"):
        kind: FailureKind = "recipe" if traceback.spacks else "other"
        weight: Weight = "sure" if traceback.spacks else "likely"
        if sign is not None and sign.weight == "late":
            kind, weight = "other", "late"
    elif sign is not None:
        kind, weight = sign.kind, sign.weight
    else:
        return None
    if weight == "likely" and place > log.last_failure:
        return None
    if weight == "late" and kind == "other" and place > log.testing:
        kind = "test"
    below = sign is not None and sign.told_below
    return _Found(place=place, kind=kind, weight=weight, told_below=below)


def _fitting(log: Log, place: int, line: str, bits: int) -> Sign | None:
    """Find the first sign of the table that fits a line."""
    while bits:
        lowest = bits & -bits
        bits ^= lowest
        sign = SIGNS[lowest.bit_length() - 1]
        if sign.pattern.search(line) and (
            not sign.confirmed_by or any(log.last(one) > place for one in sign.confirmed_by)
        ):
            return sign
    return None


def _told(log: Log, found: _Found) -> FirstError:
    text = log.line(found.place).strip()
    if found.told_below:
        text = f"{text} {_below(log, found.place)}".strip()
    return FirstError(
        line=log.number(found.place),
        text=text if len(text) <= TEXT else f"{text[: TEXT - 1]}…",
        phase=log.phase(found.place),
        kind=found.kind,
    )


def _below(log: Log, place: int) -> str:
    """Return the next line with text, of the few below."""
    for _ in range(3):
        place = log.end_of_line(place) + 1
        if place < len(log.data) and (text := log.line(place).strip()):
            return text
    return ""


def _limit(log: Log, kind: FailureKind) -> FirstError:
    """Tell of a limit at the last line with text."""
    place = log.start_of_line(len(log.flat.rstrip()))
    return _told(log, _Found(place=place, kind=kind, weight="late"))
