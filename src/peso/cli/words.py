"""Words: what a person reads for each kind of result. Decides nothing; `screen.py` prints.

One function for each record, in one table by the record's name, so that nothing heavy is imported
to print a line.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from peso.cli import lint_words, stack_words
from peso.cli.advisory_words import ADVISORY_WORDS
from peso.cli.build_words import native_lines
from peso.cli.cache_words import CACHE_WORDS
from peso.cli.catalog_words import CATALOG_WORDS
from peso.cli.check_words import checked_words
from peso.cli.consortium_words import CONSORTIUM_WORDS
from peso.cli.emit_words import EMIT_WORDS
from peso.cli.identity_words import IDENTITY_WORDS
from peso.cli.mirror_words import MIRROR_WORDS
from peso.cli.need_words import NEED_WORDS
from peso.cli.product_words import PRODUCT_WORDS
from peso.cli.vex_words import VEX_WORDS

if TYPE_CHECKING:
    from peso.api.house import Initialised
    from peso.products.engines.spack.getting import SpackGot
    from peso.services.delivery.facility.receipt import NotInstalled, Receipt
    from peso.services.delivery.facility.report import VerifyReport
    from peso.services.delivery.facility.trust import Pinned
    from peso.services.delivery.signing.keys import KeysShown
    from peso.services.pipeline import Delivery, Explanation

MEBIBYTE = 1 << 20


def in_words(result: object) -> str:
    """Return what a person reads for a result."""
    if isinstance(result, (list, tuple)):
        return "\n".join(in_words(item) for item in result) or "none"
    name = type(result).__name__
    return (WORDS.get(name) or CATALOG_WORDS[name])(result)


def _delivery(done: Delivery) -> str:
    steps = (
        f"  {step.step:<9} {step.did:<6} {step.seconds:7.2f} s  {step.result or step.why}"
        for step in done.steps
    )
    lines = [f"{done.stack} {done.version}, channel {done.channel}", *steps]
    lines += [line for part in done.native for line in native_lines(part)]
    if done.published is None:
        asked = done.verdict is None or done.verdict.verdict.ok
        after = f"stopped after {done.steps[-1].step}"
        return "\n".join([*lines, f"{after}, as asked" if asked else after])
    published = done.published
    keys = " (development keys)" if published.development else ""
    lines += [
        f"{published.did}: {published.publication}/index.html",
        f"  page of this release: releases/{done.channel}/{done.stack}-{done.version}.html",
        f"root{keys}: {published.root_file}",
        f"  sha256 {published.root_sha256}",
        f"fresh until {published.fresh_until:%Y-%m-%d %H:%M} UTC",
    ]
    return "\n".join(lines)


def _explanation(step: Explanation) -> str:
    last = f"{step.last.did}: {step.last.why}" if step.last else "not reached"
    return f"{step.step}\n  last time  {last}\n  now        {step.now}: {step.why}"


def _verified(report: VerifyReport) -> str:
    lines = [
        f"yes: {report.where} is what its keys say",
        *(
            f"  {one.channel} {one.stack} {one.version}: "
            f"{one.files} files, {one.bytes / MEBIBYTE:.1f} MiB"
            for one in report.releases
        ),
        f"  {report.files} files looked at; {report.freshness}",
        f"  root sha256 {report.root_sha256}",
    ]
    if report.development:
        lines.append("  development keys: this proves nothing about who made it")
    return "\n".join([*lines, *_not_looked_at(report.not_looked_at)])


def _not_looked_at(things: Iterable[str]) -> list[str]:
    return [f"  not looked at: {thing}" for thing in things]


def _receipt(receipt: Receipt) -> str:
    return "\n".join(
        [
            f"installed {receipt.stack} {receipt.version} ({receipt.channel}) in {receipt.prefix}",
            f"  from {receipt.where}; {receipt.freshness}",
            *_brought(receipt),
            f"  tests, inventory and receipt in share/peso/{receipt.stack}/",
            *(line for part in receipt.not_installed for line in _left_out(part, receipt.stack)),
            *_not_looked_at(receipt.not_looked_at),
        ]
    )


def _brought(receipt: Receipt) -> list[str]:
    """Say where the units that were asked for are, and how many came with them."""
    asked = [one for one in receipt.units if one.asked]
    others = len(receipt.units) - len(asked)
    lines = [f"  {one.name}@{one.version}/{one.hash[:7]}  {one.folder}" for one in asked]
    return [*lines, f"  and {others} that these need"] if others else lines


def _left_out(part: NotInstalled, stack: str) -> tuple[str, ...]:
    if part.because == "not-asked":
        return (f"  not installed: {part.part}: nothing of it was asked for",)
    why = "the release holds its lock and no binaries"
    return (
        f"  NOT installed: {part.part}: {why}; to build it, in share/peso/{stack}/:",
        f"    {part.build}",
    )


def _pinned(root: Pinned) -> str:
    mark = ", development" if root.development else ""
    return (
        f"{root.sha256}  root version {root.version}{mark}, "
        f"expires {root.expires:%Y-%m-%d}, pinned {root.pinned:%Y-%m-%d}"
    )


def _keys(shown: KeysShown) -> str:
    mark = " (development)" if shown.development else ""
    roles = (
        f"  {role.role:<10} {role.threshold} of {len(role.keyids)}  "
        f"{', '.join(keyid[:12] for keyid in role.keyids)}"
        for role in shown.roles
    )
    return "\n".join(
        [
            f"{shown.folder}{mark}: root version {shown.root_version}",
            f"  expires {shown.root_expires:%Y-%m-%d}",
            f"  pin this root: sha256 {shown.root_sha256}",
            *roles,
        ]
    )


def _initialised(done: Initialised) -> str:
    made = ", ".join(done.made) if done.made else "nothing: everything was there"
    return f"{done.workspace}: made {made}"


def _spack_got(got: SpackGot) -> str:
    lines = [
        f"spack {got.version} is in {got.root}",
        f"  say: export PESO_SPACK={got.root}",
        "  or, in peso.yaml: spack: {root: " + got.root + "}",
        "  its recipes come by themselves when they are first needed; its solver needs clingo:",
        "  python3 -m pip install clingo",
    ]
    return "\n".join(lines)


WORDS: dict[str, Callable[[Any], str]] = {
    "Delivery": _delivery,
    "Explanation": _explanation,
    "VerifyReport": _verified,
    "Receipt": _receipt,
    "Pinned": _pinned,
    "KeysShown": _keys,
    "Initialised": _initialised,
    "SpackGot": _spack_got,
    "Checked": checked_words,
    "str": str,
    **CACHE_WORDS,
    **CONSORTIUM_WORDS,
    **IDENTITY_WORDS,
    **ADVISORY_WORDS,
    **EMIT_WORDS,
    **MIRROR_WORDS,
    **NEED_WORDS,
    **PRODUCT_WORDS,
    **VEX_WORDS,
    **stack_words.WORDS,
    **lint_words.WORDS,
}
