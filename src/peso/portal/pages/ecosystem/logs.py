"""Logs: as they are, line by line, with a name for each line; a long one in pages around a line.

1. What a log says is escaped; a control character in it is shown as its picture.
2. Long lines are cut where a page would be too heavy, those close to the first error last.
3. `?line=N` opens the page of the log that line is in; without one it is the first error's.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from peso.base.ledger import Blobs
from peso.errors import PesoError
from peso.portal.ingest.facts import cut
from peso.portal.pages.addresses import path_of
from peso.portal.settings import CONFIG
from peso.portal.store.models import ReleaseUnit, TestResult
from peso.portal.visible import visible

LINES: Final = 400
"""Lines on one page."""
WIDEST: Final = 2000
"""Letters of a line that are shown at most."""
_WIDTHS: Final = (WIDEST, 600, 300, 160)
_LETTERS: Final = 80_000
"""Letters of all lines on a page: with its markup it stays below 150 kB."""
_CLOSE: Final = 8
_LONGEST: Final = 16 << 20
_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_ANSI: Final = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]")


@require_safe
def log(request: HttpRequest, sha256: str) -> HttpResponse:
    """Show a log."""
    if not _SHA256.fullmatch(sha256):
        raise Http404("A log is named by its sha256.")
    about = _about(sha256)
    line = about.error_line
    try:
        lines = _lines(Blobs(CONFIG.blobs).read(sha256, limit=_LONGEST))
    except PesoError:
        lines = None
    asked = _number(request.GET.get("line", ""))
    wanted = asked or line or 1
    first = (max(wanted, 1) - 1) // LINES * LINES
    title = f"Log of {about.name if isinstance(about, ReleaseUnit) else about.test}"
    trail = (("Releases", "/releases/"), (str(about.release), path_of(about.release)), (title, ""))
    return render(
        request,
        "releases/log.html",
        {
            "trail": trail,
            "title": title,
            "missing": lines is None,
            "lines": _fitted((lines or [])[first : first + LINES], first + 1, line),
            "error_line": line,
            "wanted": asked or "",
            "error_page": line and first < line <= first + LINES,
            "error_text": about.error_text,
            "total": len(lines or ()),
            "before": first,
            "after": first + LINES + 1 if lines and first + LINES < len(lines) else 0,
            "sha256": sha256,
        },
    )


def _about(sha256: str) -> ReleaseUnit | TestResult:
    """Return what a log is of: a unit or a run; raises `Http404`."""
    unit = ReleaseUnit.objects.filter(log=sha256).select_related("release").first()
    runs = TestResult.objects.filter(log=sha256).select_related("release")
    run = unit or runs.order_by("-at", "pk").first()
    if run is None:
        raise Http404("No release here has this log.")
    return run


def _fitted(lines: Sequence[str], first: int, error: int) -> list[tuple[int, str]]:
    """Return lines with their numbers, the long ones cut so that the page is not too heavy.

    What stands close to the first error is cut last of all.
    """
    widest = next(
        (one for one in _WIDTHS if sum(min(len(line), one) for line in lines) <= _LETTERS),
        _WIDTHS[-1],
    )
    return [
        (number, _cut(line, WIDEST if error and abs(number - error) <= _CLOSE else widest))
        for number, line in enumerate(lines, first)
    ]


def _cut(line: str, letters: int) -> str:
    return line if len(line) <= letters else f"{line[: letters - 1]}…"


def _lines(data: bytes) -> list[str]:
    text = _ANSI.sub("", data.decode(errors="replace").replace("\r\n", "\n"))
    several = text.removesuffix("\n").split("\n")
    return [visible(cut(one.replace("\r", "\u240d"), WIDEST)) for one in several]


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 9 else 0  # noqa: PLR2004 - a line's number
