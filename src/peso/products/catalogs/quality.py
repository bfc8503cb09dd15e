"""Data quality: the rules a catalog's text is looked at by, and what was seen.

1. Each rule has an id, a level and a hint. `high` blocks: something could not be read, or two
   people said different things. `medium`: a reader is misled or misses something. `low`: it works,
   but not everywhere. `note`: worth knowing.
2. A finding says file:line, below the folder that was read.
3. Nothing is dropped because of a finding; what has no field is kept beside.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from peso.base.finding import Finding, Level

BLOCKS = Level.HIGH
"""The level from which a finding blocks, if nobody says another."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What is looked for."""

    level: Level
    hint: str


RULES = {
    # what could not be read
    "unreadable": Rule(level=Level.HIGH, hint="correct the file; its text is kept as it is"),
    "name-missing": Rule(level=Level.HIGH, hint="give it a name"),
    "same-slug": Rule(level=Level.HIGH, hint="rename one of the two"),
    "not-a-record": Rule(level=Level.HIGH, hint="correct the file; imports leave it alone"),
    # what an import met in the workspace
    "conflict": Rule(level=Level.HIGH, hint="decide: edit the workspace's file, or the catalog"),
    "edited-here": Rule(level=Level.NOTE, hint="`peso product export` brings it to the catalog"),
    "removed-here": Rule(level=Level.NOTE, hint="remove it from the catalog too, or import anew"),
    "gone-upstream": Rule(level=Level.MEDIUM, hint="remove it here too, or say why it stays"),
    "not-exported": Rule(level=Level.HIGH, hint="change the catalog's file by hand"),
    # shape
    "tab": Rule(level=Level.LOW, hint="use spaces; many readers of YAML refuse the file"),
    "tab-refused": Rule(level=Level.MEDIUM, hint="use spaces; the catalog's site cannot read it"),
    "key-twice": Rule(level=Level.MEDIUM, hint="keep one of them; the last one counts"),
    "key-unknown": Rule(level=Level.LOW, hint="it is kept; remove it, or use a key that is known"),
    "key-misspelt": Rule(level=Level.MEDIUM, hint="correct the key"),
    "not-a-list": Rule(level=Level.MEDIUM, hint="write it as a list, each entry after a dash"),
    "wrong-shape": Rule(level=Level.MEDIUM, hint="it is kept as it is; see the catalog's template"),
    "not-text": Rule(level=Level.LOW, hint="put it in quotes"),
    "template-form": Rule(level=Level.LOW, hint="use the form that the README describes"),
    # content
    "missing": Rule(level=Level.MEDIUM, hint="add it"),
    "blank": Rule(level=Level.MEDIUM, hint="fill it in"),
    "blank-optional": Rule(level=Level.NOTE, hint="fill it in, or remove the key"),
    "unknown-area": Rule(level=Level.MEDIUM, hint="use an area of the list, letter for letter"),
    "unknown-member": Rule(level=Level.MEDIUM, hint="use a member's short name"),
    "unknown-foundation": Rule(level=Level.MEDIUM, hint="use a foundation of the list"),
    "unknown-person": Rule(level=Level.LOW, hint="add the person, or use the name that is there"),
    "unknown-product": Rule(level=Level.MEDIUM, hint="use the product's name in the catalog"),
    "unknown-status": Rule(level=Level.MEDIUM, hint="use a value that is known"),
    "person-without-email": Rule(level=Level.MEDIUM, hint="add an address: people shall write"),
    "license": Rule(level=Level.MEDIUM, hint="use an expression of SPDX names"),
    "license-deprecated": Rule(level=Level.LOW, hint="use the name that replaces it"),
    "license-per-package": Rule(level=Level.NOTE, hint="nothing to do: a collection has many"),
    "link-without-url": Rule(level=Level.MEDIUM, hint="add the address, or remove the link"),
    "link-without-label": Rule(level=Level.MEDIUM, hint="say what is there"),
    "link-not-a-url": Rule(level=Level.LOW, hint="write the whole address, with https://"),
    "link-twice": Rule(level=Level.LOW, hint="keep the label that says most"),
    "no-link": Rule(level=Level.MEDIUM, hint="link the repository and the documentation"),
    "badge-not-at-hand": Rule(level=Level.LOW, hint="add the badge's JSON to the catalog"),
    "badge-misnamed": Rule(level=Level.MEDIUM, hint="name the file after its project's number"),
    "badge-unused": Rule(level=Level.NOTE, hint="name its number in the product's file"),
    "date": Rule(level=Level.MEDIUM, hint="write it like 2026-11-23"),
    "body": Rule(level=Level.NOTE, hint="the catalog's README wants no text below the YAML"),
    "file-name-case": Rule(level=Level.NOTE, hint="the template asks for lower case"),
    "history-in-comments": Rule(level=Level.NOTE, hint="write it down as data, with its dates"),
    "not-read": Rule(level=Level.NOTE, hint="it stays in the catalog; nothing of it is imported"),
    # between catalogs
    "no-metadata": Rule(level=Level.LOW, hint="add data/<repository>/e4s.yaml"),
    "not-listed": Rule(level=Level.LOW, hint="add its repository to e4s_products.yaml"),
    "no-product": Rule(level=Level.NOTE, hint="add a product, or its package to one"),
    "same-name": Rule(level=Level.MEDIUM, hint="rename one of the two"),
    "ambiguous": Rule(level=Level.MEDIUM, hint="name the E4S product in one of them only"),
}


@dataclass(slots=True, kw_only=True)
class Seen:
    """What was seen so far, in one catalog."""

    catalog: str
    root: str
    findings: list[Finding] = field(default_factory=list)

    def no(  # noqa: PLR0913 - a finding has that many sides
        self,
        rule: str,
        file: str,
        line: int,
        message: str,
        *,
        subject: str = "",
        hint: str | None = None,
    ) -> None:
        """Note what was seen."""
        known = RULES[rule]
        self.findings.append(
            Finding(
                rule=f"catalog.{rule}",
                level=known.level,
                subject=subject or file,
                message=message,
                where=f"{self.root}/{file}:{line}" if self.root else f"{file}:{line}",
                hint=hint or known.hint,
            )
        )

    def says(self, file: str) -> bool:
        """Say whether a file was found unreadable."""
        return any(
            one.rule == "catalog.unreadable" and f"/{one.where}".find(f"/{file}:") >= 0
            for one in self.findings
        )


def in_order(findings: list[Finding]) -> tuple[Finding, ...]:
    """Return findings by file and line, each once."""
    return tuple(sorted(dict.fromkeys(findings), key=_place))


def _place(finding: Finding) -> tuple[str, int, str]:
    file, _, line = (finding.where or "").rpartition(":")
    return file, int(line) if line.isdecimal() else 0, finding.rule
