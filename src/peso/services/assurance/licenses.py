"""Licenses: may what an SPDX license expression says go out? Three-valued, closed by default.

1. `OR`: any side that is allowed suffices. `AND`: every side must be. `WITH`: the license with that
   exception must be allowed, or the license without it, since an exception only adds permissions.
2. A name the SPDX list does not have (a `LicenseRef-` too) is unknown, never allowed, unless the
   allowed names have it word for word.
3. Text that is no expression is unknown.

It judges what a product states; it does not read license texts.
"""

from __future__ import annotations

from collections.abc import Iterable

from license_expression import (
    ExpressionError,
    ExpressionParseError,
    LicenseSymbol,
    LicenseWithExceptionSymbol,
)

from peso.base.finding import Outcome, Verdict
from peso.products.license import spdx

_PASS = Verdict(outcome=Outcome.PASS)
_LEAST = (Outcome.FAIL, Outcome.UNKNOWN, Outcome.PASS)
"""From the worst answer to the best."""


def allowed(expression: str, names: Iterable[str]) -> Verdict:
    """Say whether an SPDX license expression is met by licenses with these names.

    Args:
        expression: e.g. `MIT OR (BSD-3-Clause AND GPL-3.0-or-later WITH GCC-exception-3.1)`.
        names: License names, `NAME WITH EXCEPTION` among them.
    """
    try:
        tree = spdx().parse(expression, validate=False)
    except (ExpressionError, ExpressionParseError):
        tree = None
    if tree is None:
        return _unknown(f"{expression!r} is not an SPDX license expression")
    return _judge(tree, frozenset(_normal(name) for name in names))


def _normal(name: str) -> str:
    try:
        return str(spdx().parse(name, validate=False))
    except (ExpressionError, ExpressionParseError):
        return name


def _judge(node: object, names: frozenset[str]) -> Verdict:
    if isinstance(node, LicenseWithExceptionSymbol):
        if str(node) in names:
            return _PASS
        without = _judge_name(node.license_symbol.key, names)
        known = _listed(node.exception_symbol.key, exception=True)
        if without.outcome is not Outcome.UNKNOWN and not known:
            return _unknown(f"{node.exception_symbol.key} is not an exception of the SPDX list")
        if without.outcome is Outcome.FAIL:
            return Verdict(outcome=Outcome.FAIL, reason=f"{node} is not allowed")
        return without
    if isinstance(node, LicenseSymbol):
        return _judge_name(node.key, names)
    answers = [_judge(side, names) for side in getattr(node, "args", ())]
    choose = max if getattr(node, "operator", "").strip() == "OR" else min
    best = choose(_LEAST.index(answer.outcome) for answer in answers)
    reasons = [
        answer.reason
        for answer in answers
        if answer.outcome is _LEAST[best] and answer.reason is not None
    ]
    return Verdict(outcome=_LEAST[best], reason="; ".join(dict.fromkeys(reasons)) or None)


def _judge_name(name: str, names: frozenset[str]) -> Verdict:
    if name in names:
        return _PASS
    if not _listed(name):
        return _unknown(f"{name} is not in the SPDX list")
    return Verdict(outcome=Outcome.FAIL, reason=f"{name} is not allowed")


def _listed(name: str, *, exception: bool = False) -> bool:
    symbol = spdx().known_symbols.get(name)
    return (
        symbol is not None
        and not name.startswith("LicenseRef-")
        and bool(symbol.is_exception) is exception
    )


def _unknown(reason: str) -> Verdict:
    return Verdict(outcome=Outcome.UNKNOWN, reason=reason)
