"""Logs: as they are, line by line, with a name for each line; a long one in pages around a line.

1. What a log says is escaped; a control character in it is shown as its picture.
2. `?line=N` opens the page of the log that line is in; without one it is the first error's.
"""

from __future__ import annotations

import re
from typing import Final

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from peso.base.ledger import Blobs
from peso.errors import PesoError
from peso.portal.ingest.facts import cut
from peso.portal.settings import CONFIG
from peso.portal.store.models import ReleaseUnit, TestResult
from peso.portal.visible import visible

LINES: Final = 400
"""Lines on one page."""
WIDEST: Final = 500
"""Letters of a line that are shown."""
_LONGEST: Final = 16 << 20
_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_ANSI: Final = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]")


@require_safe
def log(request: HttpRequest, sha256: str) -> HttpResponse:
    """Show a log."""
    if not _SHA256.fullmatch(sha256):
        raise Http404("A log is named by its sha256.")
    unit = ReleaseUnit.objects.filter(log=sha256).select_related("release").first()
    run = (
        None
        if unit
        else TestResult.objects.filter(log=sha256)
        .select_related("release", "product", "platform")
        .order_by("-at", "pk")
        .first()
    )
    if unit is None and run is None:
        raise Http404("No release here has this log.")
    about = unit or run
    line = about.error_line if about else 0
    try:
        lines = _lines(Blobs(CONFIG.blobs).read(sha256, limit=_LONGEST))
    except PesoError:
        lines = None
    asked = _number(request.GET.get("line", ""))
    wanted = asked or line or 1
    first = (max(wanted, 1) - 1) // LINES * LINES
    shown = [
        (number, text)
        for number, text in enumerate((lines or [])[first : first + LINES], first + 1)
    ]
    title = f"Log of {unit.name}" if unit else f"Log of {run.test if run else ''}"
    release = about.release if about else None
    path = f"/releases/{release.channel}/{release.stack}/{release.version}/" if release else "/"
    return render(
        request,
        "releases/log.html",
        {
            "trail": (("Releases", "/releases/"), (str(release), path), (title, "")),
            "title": title,
            "unit": unit,
            "run": run,
            "missing": lines is None,
            "lines": shown,
            "error_line": line,
            "wanted": asked or "",
            "error_page": line and first < line <= first + LINES,
            "error_text": about.error_text if about else "",
            "total": len(lines or ()),
            "before": first,
            "after": first + LINES + 1 if lines and first + LINES < len(lines) else 0,
            "sha256": sha256,
        },
    )


def _lines(data: bytes) -> list[str]:
    text = _ANSI.sub("", data.decode(errors="replace").replace("\r\n", "\n"))
    several = text.removesuffix("\n").split("\n")
    return [visible(cut(one.replace("\r", "\u240d"), WIDEST)) for one in several]


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 9 else 0  # noqa: PLR2004 - a line's number
