"""Reading a page as a reader does: its links, its text, its heading."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin


@dataclass(slots=True)
class Read:
    """What a page has."""

    links: list[tuple[str, str]] = field(default_factory=list)
    """Address and text."""
    ids: set[str] = field(default_factory=set)
    inline: list[str] = field(default_factory=list)
    """What the policy forbids: style attributes and handlers."""
    data: list[str] = field(default_factory=list)
    """What stands in scripts of type JSON-LD."""
    scripts: int = 0
    """Other scripts inside the page."""
    text: str = ""

    def words(self) -> str:
        """Return the text with single spaces."""
        return " ".join(self.text.split())


class _Reader(HTMLParser):
    def __init__(self, here: str) -> None:
        super().__init__()
        self.read = Read()
        self._here = here
        self._link: str | None = None
        self._words: list[str] = []
        self._script = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        self.read.text += " "
        self.read.inline += [name for name in said if name == "style" or name.startswith("on")]
        if "id" in said:
            self.read.ids.add(said["id"])
        if tag == "a" and "href" in said:
            self._link, self._words = said["href"], []
        if tag == "script":
            self._script = said.get("type", "text/javascript")
            self.read.scripts += "src" not in said and self._script != "application/ld+json"

    def handle_endtag(self, tag: str) -> None:
        self.read.text += " "
        if tag == "a" and self._link is not None:
            words = " ".join("".join(self._words).split())
            self.read.links.append((urljoin(self._here, self._link), words))
            self._link = None
        if tag == "script":
            self._script = ""

    def handle_data(self, data: str) -> None:
        if self._script == "application/ld+json":
            self.read.data.append(data)
            return
        self._words.append(data)
        self.read.text += data


def read(text: str, here: str = "/") -> Read:
    """Read a page."""
    reader = _Reader(here)
    reader.feed(text)
    return reader.read
