"""Stacks of a workspace: each definition as it stands, its roots, and what lint says at which line.

1. A stack is named by its own name; where two have one name, by their folders too.
2. A definition that cannot be read is refused with its faults, and the others are taken in.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Final

from django.db import transaction

from peso.api.lint import lint
from peso.api.shown import StackShown
from peso.api.stack import show_stack
from peso.base.digest import sha256_bytes
from peso.ecosystem import stack_definitions
from peso.errors import BadInput, PesoError
from peso.portal.ingest.keep import slug_of
from peso.portal.ingest.rows import storable
from peso.portal.ingest.taken import Taken
from peso.portal.store.generation import changed
from peso.portal.store.models import Stack, StackFinding, StackRoot
from peso.products.lint.record import LintReport, Severity
from peso.products.recipes.naming import spec_name

_LONGEST: Final = 4 << 20


def take_stacks(workspace: Path) -> list[Taken]:
    """Take in every stack definition of a workspace; what is gone there goes here."""
    files = stack_definitions((workspace,))
    shown: list[tuple[Path, StackShown, LintReport]] = []
    taken: list[Taken] = []
    for file in files:
        place = str(file.relative_to(workspace)) if file.is_relative_to(workspace) else file.name
        try:
            shown.append((file, show_stack(file), lint(file)))
        except PesoError as error:
            reason = "; ".join(dict.fromkeys((error.message, *_faults(error))))
            taken.append(Taken(kind="stack", place=place, state="refused", reason=reason))
    counts = Counter(one.name for _, one, _ in shown)
    kept = []
    for file, one, report in shown:
        below = file.parent.relative_to(workspace).as_posix() if counts[one.name] > 1 else ""
        name = slug_of(below or one.name)
        kept.append(name)
        taken.append(_keep(name, file, workspace, one, report))
    with transaction.atomic():
        if files and Stack.objects.exclude(name__in=kept).delete()[0]:
            changed()
    return taken


@transaction.atomic
def _keep(name: str, file: Path, workspace: Path, shown: StackShown, report: LintReport) -> Taken:
    place = file.relative_to(workspace).as_posix()
    data = file.read_bytes()[:_LONGEST]
    said = shown.canonical()
    found = repr(report.plain()).encode()
    digest = sha256_bytes(b"\0".join((data, said, found)))
    known = Stack.objects.filter(name=name).first()
    if known is not None and known.digest == digest:
        return Taken(kind="stack", place=place, state="unchanged")
    changed()
    stack, _ = Stack.objects.update_or_create(
        name=name,
        defaults={
            "title": shown.name,
            "form": shown.form,
            "file": place,
            "text": data.decode(errors="replace").replace("\0", "\N{REPLACEMENT CHARACTER}"),
            "errors": report.count(Severity.ERROR),
            "hints": len(report.findings) - report.count(Severity.ERROR),
            "digest": digest,
            "data": shown.plain(),
        },
    )
    stack.roots.all().delete()
    stack.findings.all().delete()
    StackRoot.objects.bulk_create(
        storable(
            StackRoot(stack=stack, name=spec_name(one.spec), spec=one.spec) for one in shown.roots
        )
    )
    StackFinding.objects.bulk_create(
        storable(
            StackFinding(
                stack=stack,
                rule=one.rule,
                level=one.severity.value,
                file=_below(one.place.file, workspace),
                line=one.place.line,
                column=one.place.column,
                message=one.message,
                hint=one.hint,
            )
            for one in report.findings
        )
    )
    return Taken(kind="stack", place=place, state="taken", rows=len(shown.roots))


def _faults(error: PesoError) -> tuple[str, ...]:
    faults = error.faults if isinstance(error, BadInput) else ()
    return tuple(f"{one.where}: {one.message}" for one in faults)


def _below(file: object, workspace: Path) -> str:
    """Return a file below the workspace; of one elsewhere only its name."""
    path = Path(str(file))
    return path.relative_to(workspace).as_posix() if path.is_relative_to(workspace) else path.name
