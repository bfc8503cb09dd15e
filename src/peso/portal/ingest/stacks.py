"""Stacks of a workspace: each definition as it stands, its roots, and what lint says at which line.

1. A stack is named by its own name; where two have one name, by their folders; where another
   workspace has one of that name already, by the workspace too.
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
from peso.errors import PesoError
from peso.portal.ingest.keep import slug_of
from peso.portal.ingest.rows import storable
from peso.portal.ingest.taken import Taken, why
from peso.portal.store.generation import changed
from peso.portal.store.models import Stack, StackFinding, StackRoot
from peso.products.lint.record import LintReport, Severity
from peso.products.recipes.naming import spec_name

_LONGEST: Final = 4 << 20


def take_stacks(workspace: Path, name: str) -> list[Taken]:
    """Take in every stack definition of a workspace of this name; what is gone there goes here."""
    files = stack_definitions((workspace,))
    shown: list[tuple[Path, StackShown, LintReport]] = []
    taken: list[Taken] = []
    for file in files:
        place = str(file.relative_to(workspace)) if file.is_relative_to(workspace) else file.name
        try:
            shown.append((file, show_stack(file), lint(file)))
        except PesoError as error:
            taken.append(Taken(kind="stack", place=place, state="refused", reason=why(error, file)))
    counts = Counter(one.name for _, one, _ in shown)
    own = Stack.objects.filter(workspace__in=("", name))
    others = set(Stack.objects.exclude(pk__in=own).values_list("name", flat=True))
    kept = []
    for file, one, report in shown:
        below = file.parent.relative_to(workspace).as_posix() if counts[one.name] > 1 else ""
        called = slug_of(below or one.name)
        called = slug_of(f"{name}-{called}") if called in others else called
        kept.append(called)
        taken.append(_keep(called, file, workspace, name, one, report))
    with transaction.atomic():
        if own.exclude(name__in=kept).delete()[0]:
            changed()
    return taken


@transaction.atomic
def _keep(  # noqa: PLR0913, PLR0917 - a row's fields
    name: str, file: Path, workspace: Path, whose: str, shown: StackShown, report: LintReport
) -> Taken:
    place = file.relative_to(workspace).as_posix()
    data = file.read_bytes()[:_LONGEST]
    said = shown.canonical()
    found = repr(report.plain()).encode()
    digest = sha256_bytes(b"\0".join((data, said, found)))
    known = Stack.objects.filter(name=name).first()
    if known is not None and (known.digest, known.workspace) == (digest, whose):
        return Taken(kind="stack", place=place, state="unchanged")
    changed()
    stack, _ = Stack.objects.update_or_create(
        name=name,
        defaults={
            "title": shown.name,
            "workspace": whose,
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


def _below(file: object, workspace: Path) -> str:
    """Return a file below the workspace; of one elsewhere only its name."""
    path = Path(str(file))
    return path.relative_to(workspace).as_posix() if path.is_relative_to(workspace) else path.name
