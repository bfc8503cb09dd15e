"""Words of the portfolio: what a person reads of products and catalogs."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from peso.api.product import ProductsChecked
    from peso.base.finding import Finding
    from peso.products.catalogs.exporting import Exported
    from peso.products.catalogs.importing import Imported
    from peso.products.catalogs.portfolio import Listed
    from peso.products.product import Product


def _imported(done: Imported) -> str:
    kinds = ", ".join(f"{count} {kind}" for kind, count in done.entries.items()) or "nothing"
    changed = f"{len(done.made)} new, {len(done.updated)} updated, {done.same} as before"
    lines = [
        f"{done.catalog} from {done.source}: {done.files} files; {kinds}",
        f"  files of the workspace: {changed}",
        *findings_in_words(done.findings),
    ]
    return "\n".join([*lines, counts_in_words(done.findings)])


def _exported(done: Exported) -> str:
    lines = [
        f"{done.catalog} in {done.target}: {done.files} files, {done.written} written",
        *(f"  changed: {path}" for path in done.changed),
        *findings_in_words(done.findings),
    ]
    return "\n".join([*lines, *([counts_in_words(done.findings)] if done.findings else [])])


def _listed(one: Listed) -> str:
    members = ", ".join(one.members) or "-"
    spack = ", ".join(one.spack) or "-"
    mark = "" if one.published else "  (not published)"
    return f"{one.slug:<28} {members:<16} {spack:<24} {_text(one.license)}{mark}"


def _product(one: Product) -> str:
    badge: Any = one.badge
    known = hasattr(badge, "level")
    level = f"{_text(badge.level)} (project {badge.project})" if known else _text(badge)
    rows = (
        ("description", _text(one.description)),
        ("members", ", ".join(one.members) or "none named"),
        ("areas", ", ".join(one.areas) or "none named"),
        ("license", _text(one.license)),
        ("foundation", _text(one.foundation)),
        ("OpenSSF badge", level),
        ("Spack", ", ".join(one.spack) or "none named"),
        ("E4S", ", ".join(one.e4s) or "none named"),
        ("published", "yes" if one.published else "no"),
    )
    links = (f"  {_text(link.label):<14} {_text(link.url)} {link.note}" for link in one.links)
    kept = (f"  {name}: {', '.join(said)}" for name, said in one.kept.items())
    sources = (f"  {name}: {source.file}" for name, source in one.sources.items())
    return "\n".join(
        [
            one.name,
            *(f"  {name:<14} {value}" for name, value in rows),
            *("links", *(line.rstrip() for line in links)),
            *(("kept beside", *kept) if one.kept else ()),
            *("sources", *sources),
        ]
    )


def _checked(report: ProductsChecked) -> str:
    if not report.files:
        return f"{report.workspace}: no products here, so nothing was checked"
    blocking = sum(one.level.reaches(report.level) for one in report.findings)
    verdict = f"{blocking} block" if blocking else "none blocks"
    return "\n".join(
        [
            f"{report.workspace}: {len(report.files)} files",
            *findings_in_words(report.findings),
            f"{counts_in_words(report.findings)}; {verdict} (from {report.level} on)",
        ]
    )


def findings_in_words(findings: Iterable[Finding]) -> list[str]:
    """Return a line for each finding above a note; `--json` has them all."""
    return [
        f"  {one.where}: {one.level}: {one.message} [{one.rule}] (hint: {one.hint})"
        for one in findings
        if one.level != "note"
    ]


def counts_in_words(findings: Iterable[Finding]) -> str:
    """Return how many findings there are of each level."""
    counts: dict[str, int] = {}
    for one in findings:
        counts[one.level] = counts.get(one.level, 0) + 1
    order = ("critical", "high", "medium", "low", "note", "unknown")
    said = ", ".join(f"{counts[level]} {level}" for level in order if level in counts)
    return f"findings: {said or 'none'}"


def _text(value: object) -> str:
    return f"unknown: {value.unknown}" if hasattr(value, "unknown") else str(value)


PRODUCT_WORDS: dict[str, Callable[[Any], str]] = {
    "Imported": _imported,
    "Exported": _exported,
    "Listed": _listed,
    "Product": _product,
    "ProductsChecked": _checked,
}
