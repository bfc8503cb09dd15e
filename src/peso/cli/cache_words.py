"""Words for build caches: what a person reads of what an audit proved, and of what it could not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from peso.base.finding import Finding
    from peso.services.delivery.audit.report import CacheAudited

_SHOWN = 40
_MEBIBYTE = 1 << 20


def _audited(done: CacheAudited) -> str:
    return "\n".join([*_head(done), *_questions(done), *_signers(done), *_findings(done)])


def _head(done: CacheAudited) -> Iterator[str]:
    wrong = sum(one.wrong for one in done.asked)
    if wrong:
        yield f"no: {wrong} things are wrong with {done.where} [{done.reason}]"
    elif not done.units:
        yield f"unknown: nothing was found to look at in {done.where}"
    else:
        yield f"unknown: nothing is wrong with {done.where}, and not all of it can be proven"
    if done.ok:
        yield "  taken all the same, as asked (--unsafe-unproven); that proves nothing more"
    yield f"  {done.units} units, {done.bytes / _MEBIBYTE:.1f} MiB looked at"


def _questions(done: CacheAudited) -> Iterator[str]:
    yield "  proven  not provable  wrong"
    for one in done.asked:
        yield f"  {one.proven:>6}  {one.not_provable:>12}  {one.wrong:>5}  {one.text}"


def _signers(done: CacheAudited) -> Iterator[str]:
    for one in done.signers:
        if one.key == "unsigned":
            yield f"UNSIGNED: {one.units} units; nobody's word that they are what was built"
        elif one.verified:
            yield f"signed by {one.key}: {one.units} units, {one.verified} verified"
        else:
            yield f"signed by {one.key}, as the signature says, NOT VERIFIED: {one.units} units"


def _findings(done: CacheAudited) -> Iterator[str]:
    wrong = [one for one in done.findings if one.level != "unknown"]
    if wrong:
        yield "wrong"
    for one in wrong[:_SHOWN]:
        yield from _wrong(one)
    if len(wrong) > _SHOWN:
        yield f"  and {len(wrong) - _SHOWN} more; --json has all"
    yield "not provable, and why"
    for one in done.findings:
        if one.level == "unknown":
            yield f"  {one.rule.removeprefix('cache/')} ({one.subject}): {one.message}"
    yield from (f"not looked at: {one}" for one in done.not_looked_at)


def _wrong(one: Finding) -> Iterator[str]:
    yield f"  {one.subject}: {one.message}"
    if one.where:
        yield f"    {one.where}"


CACHE_WORDS: dict[str, Callable[[Any], str]] = {"CacheAudited": _audited}
"""How each record is said."""
