"""What may be edited: the files of an ecosystem, their keys, and what a form's text means of one.

1. A key that is not in the table is not edited here.
2. A list is a line for each item; a link is `label | address | note`, and what else its file says
   of it stays. An address is http or https.
3. A text that was emptied leaves the file: it is not known then.
4. Pure: text in, plain data out. Nothing is looked up, and no address is asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Final
from urllib.parse import urlsplit

from peso.base.record import Record
from peso.partnerships.consortium.record import Liaison, Stewardship
from peso.portal.people.roles import Kind, Thing
from peso.products.catalogs.consortium import WorkingGroup
from peso.products.catalogs.splice import REMOVED
from peso.products.product import Product


class Form(StrEnum):
    """How a key is edited."""

    LINE = "line"
    TEXT = "text"
    """Markdown."""
    LINES = "lines"
    LINKS = "links"
    DAY = "day"
    CHOICE = "choice"
    """One of a few words, each with what it is called."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """A key of a file."""

    name: str
    label: str
    form: Form = Form.LINE
    hint: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    """Of a choice: the word a file has, and what it is called."""
    needed: bool = False
    """Whether a new file must say it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Editable:
    """A kind of file."""

    title: str
    folder: str
    model: type[Record]
    kind: Kind
    """The kind of thing whose people have a say over it."""
    scope: str
    """The key that names that thing; empty: the file's own name does."""
    keys: tuple[Key, ...]
    propose: str
    decide: str
    """The permissions."""


_EACH: Final = "One on each line."
_MARKDOWN: Final = "Markdown."
DAYS: Final = (
    Key(name="since", label="Since", form=Form.DAY, hint="As 2026-11-26."),
    Key(name="until", label="Until", form=Form.DAY, hint="As 2026-11-26."),
)
EDITABLE: Final[Mapping[str, Editable]] = {
    "product": Editable(
        title="product",
        folder="products",
        model=Product,
        kind=Kind.PRODUCT,
        scope="",
        propose="product.propose",
        decide="product.decide",
        keys=(
            Key(name="name", label="Name"),
            Key(name="description", label="Description", hint="A phrase that follows its name."),
            Key(name="long_description", label="What it does", form=Form.TEXT, hint=_MARKDOWN),
            Key(name="audience", label="For whom it is", form=Form.TEXT, hint=_MARKDOWN),
            Key(
                name="license", label="License", hint="An SPDX expression, e.g. Apache-2.0 OR MIT."
            ),
            Key(name="foundation", label="Foundation"),
            Key(name="areas", label="Areas", form=Form.LINES, hint=_EACH),
            Key(name="members", label="Stewarded by", form=Form.LINES, hint=f"Members. {_EACH}"),
            Key(name="spack", label="Spack packages", form=Form.LINES, hint=_EACH),
            Key(name="e4s", label="Names in E4S", form=Form.LINES, hint=_EACH),
            Key(
                name="links",
                label="Links",
                form=Form.LINKS,
                hint=f"{_EACH} What is there, its address and a note, with | between them:"
                " Repository | https://example.org/code.",
            ),
        ),
    ),
    "group": Editable(
        title="working group",
        folder="consortium/working-groups",
        model=WorkingGroup,
        kind=Kind.GROUP,
        scope="",
        propose="group.propose",
        decide="group.decide",
        keys=(
            Key(name="description", label="Description", form=Form.TEXT, hint=_MARKDOWN),
            Key(name="purpose", label="Purpose", form=Form.TEXT, hint=_MARKDOWN),
            Key(name="lifetime", label="Lifetime", form=Form.TEXT, hint=_MARKDOWN),
            Key(name="membership", label="Membership", form=Form.TEXT, hint=_MARKDOWN),
            Key(name="reporting", label="Reporting", form=Form.TEXT, hint=_MARKDOWN),
            Key(name="meeting_schedule", label="Meets"),
            Key(name="status", label="Status", hint="Provisional, Active or Retired."),
            Key(name="status_date", label="Last reviewed", form=Form.DAY, hint="As 2026-11-26."),
        ),
    ),
    "liaison": Editable(
        title="liaison",
        folder="consortium/liaisons",
        model=Liaison,
        kind=Kind.ORGANIZATION,
        scope="organization",
        propose="organization.propose",
        decide="organization.decide",
        keys=(Key(name="topic", label="Topic"), Key(name="funding", label="Who pays"), *DAYS),
    ),
    "stewardship": Editable(
        title="stewardship",
        folder="consortium/stewardships",
        model=Stewardship,
        kind=Kind.ORGANIZATION,
        scope="organization",
        propose="organization.propose",
        decide="organization.decide",
        keys=DAYS,
    ),
}
"""What may be edited, by its name in addresses."""


def thing_of(what: str, slug: str, said: Mapping[str, Any]) -> Thing:
    """Return whose people have a say over a file, which says `said`."""
    one = EDITABLE[what]
    return Thing(kind=one.kind, slug=str(said.get(one.scope, "")) if one.scope else slug)


def shown(what: str, said: Mapping[str, Any]) -> dict[str, str]:
    """Return a file's values as a form has them; what is not known is empty."""
    return {key.name: _text(said.get(key.name)) for key in EDITABLE[what].keys}


def changes_of(what: str, said: Mapping[str, Any], form: Mapping[str, str]) -> dict[str, Any]:
    """Return what a form changes of a file, as plain data.

    Raises:
        ValueError: A line is no link; its arguments are the key and what is wrong.
    """
    before = shown(what, said)
    changes: dict[str, Any] = {}
    for key in EDITABLE[what].keys:
        text = form.get(key.name, "").replace("\r\n", "\n").strip()
        if text != before[key.name].strip():
            changes[key.name] = _value(key, text, said.get(key.name))
    return changes


def ends_before(said: Mapping[str, Any]) -> bool:
    """Say whether what a file says is over before it begins."""
    begun, ended = (_day(said.get(key.name)) for key in DAYS)
    return begun is not None and ended is not None and ended < begun


def _day(value: object) -> date | None:
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _text(value: object) -> str:
    if isinstance(value, list | tuple):
        return "\n".join(_item(one) for one in value)
    return value if isinstance(value, str) else ""


def _item(one: object) -> str:
    if not isinstance(one, Mapping):
        return str(one)
    parts = [_text(one.get(key)) for key in ("label", "url", "note")]
    return " | ".join(parts if parts[2] else parts[:2])


def _value(key: Key, text: str, before: object) -> Any:  # noqa: ANN401 - plain data
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    if key.form is Form.LINKS:
        known = [one for one in before if isinstance(one, dict)] if isinstance(before, list) else []
        return [_link(key, line, known) for line in lines]
    if key.form is Form.LINES:
        return lines
    return text or REMOVED


def _link(key: Key, line: str, known: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """Return a link; one that the file has keeps what else the file says of it."""
    several = list(known)
    for one in several:
        if _item(one) == line:
            return one
    label, url, note = ([part.strip() for part in line.split("|", 2)] + ["", ""])[:3]
    if not label or not is_web(url):
        raise ValueError(key.name, f"“{line[:80]}” is no label and address (http or https)")
    same = next((one for one in several if one.get("url") == url), {})
    same = same or next((one for one in several if one.get("label") == label), {})
    made = {**same, "label": label, "url": url, "note": note}
    return {name: value for name, value in made.items() if value or name != "note"}


def is_web(url: str) -> bool:
    """Say whether an address is one of the web: http or https, with a host, and nothing hidden."""
    try:
        parts = urlsplit(url)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and url.isprintable()
    except ValueError:
        return False
