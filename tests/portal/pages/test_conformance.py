"""The report says nothing that is not proven: each proof it names is there, each criterion once.

`PESO_WRITE_REFERENCE=1` writes `docs/accessibility/README.md` anew.
"""

from __future__ import annotations

import os
import re
from itertools import combinations
from pathlib import Path

from django.test import Client
from tests.portal.addresses import visit

from peso.portal.pages.conformance import Criterion, conformance

CHECKOUT = Path(__file__).parents[3]
PAGE = CHECKOUT / "docs" / "accessibility" / "README.md"
STYLE = CHECKOUT / "src" / "peso" / "portal" / "static" / "portal" / "peso.css"
HEAD = """\
# Accessibility of the portal

For each criterion of WCAG 2.2, levels A and AA, and for what of Section 508 concerns a site: the
answer and what proves it. Made from `src/peso/portal/pages/conformance.yaml`, as are the portal's
own pages `/about/accessibility/` and `/about/conformance/`; a test compares them.

"""


def _tests() -> set[str]:
    found: set[str] = set()
    for file in (CHECKOUT / "tests" / "portal").rglob("test_*.py"):
        found |= set(re.findall(r"^def (test_\w+)", file.read_text(), re.MULTILINE))
    return found


def test_every_criterion_is_there_once() -> None:
    wcag = [one.id for one in conformance().wcag]

    assert len(wcag) == len(set(wcag)) == 55
    assert {one.level for one in conformance().wcag} == {"A", "AA"}


def test_every_proof_is_one() -> None:
    known = _tests() | {"axe", "review"}
    for one in (*conformance().wcag, *conformance().section_508):
        assert set(one.proof) <= known, one
        assert bool(one.proof) == (one.answer == "supports"), one
        assert one.proof or one.remark, one


def test_the_pages_say_all_of_it(reader: Client) -> None:
    report = visit(reader, "/about/conformance/").page.said
    statement = visit(reader, "/about/accessibility/").page.said

    for one in (*conformance().wcag, *conformance().section_508):
        assert f"{one.id} {one.name}" in report
    for one in conformance().wanting:
        assert f"{one.id} {one.name}" in statement
    for said in conformance().not_tried:
        assert said[1:] in statement


def _row(one: Criterion) -> str:
    level = f" ({one.level})" if one.level else ""
    return f"| {one.id} {one.name}{level} | {one.answer} | {'; '.join(one.proofs)} | {one.remark} |"


def test_the_documentation_is_the_same() -> None:
    said = conformance()
    lines = [
        f"Looked at on {said.looked} in {said.browser} with axe-core {said.axe}. Not tried:\n",
        *(f"- {one}" for one in said.not_tried),
    ]
    for title, several in (("WCAG 2.2", said.wcag), ("Section 508", said.section_508)):
        lines += [f"\n## {title}\n", "| criterion | answer | proof | remark |", "|---|---|---|---|"]
        lines += [_row(one) for one in several]
    text = HEAD + "\n".join(lines) + "\n"
    if os.environ.get("PESO_WRITE_REFERENCE"):
        PAGE.parent.mkdir(exist_ok=True)
        PAGE.write_text(text)

    assert PAGE.read_text() == text


def _colours() -> list[dict[str, str]]:
    """Return the colours of the light and of the dark theme."""
    light, dark = (
        dict(re.findall(r"--([a-z-]+):(#[0-9a-f]{3,6})\b", block))
        for block in re.findall(
            r":root\{(?:color-scheme[^;]*;)?\s*(--page.*?)\}", STYLE.read_text(), re.DOTALL
        )
    )
    return [light, light | dark]


def _contrast(one: str, other: str) -> float:
    """Return the contrast of two colours (WCAG 2.2, relative luminance)."""

    def luminance(colour: str) -> float:
        digits = colour[1:] if len(colour) == 7 else "".join(2 * letter for letter in colour[1:])
        parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_every_text_has_enough_contrast() -> None:
    for theme in _colours():
        for ink in ("ink", "faint", "accent", "fail"):
            for ground in ("page", "card", "code"):
                assert _contrast(theme[ink], theme[ground]) >= 4.5, (ink, ground, theme)
        for state in ("pass", "fail", "unknown", "none"):
            assert _contrast(theme[state], theme[f"{state}-bg"]) >= 4.5, (state, theme)
        assert _contrast(theme["accent-ink"], theme["accent"]) >= 4.5
        assert _contrast(theme["ink"], theme["mark"]) >= 4.5
        assert _contrast(theme["faint"], theme["mark"]) >= 4.5


def test_every_edge_has_enough_contrast() -> None:
    for theme in _colours():
        for edge, ground in (
            ("faint", "page"),
            ("faint", "card"),
            ("accent", "page"),
            ("accent", "card"),
        ):
            assert _contrast(theme[edge], theme[ground]) >= 3, (edge, ground)
        for one, other in combinations(("page", "card"), 2):
            assert _contrast(theme[one], theme[other]) < 1.5  # they are no edges
