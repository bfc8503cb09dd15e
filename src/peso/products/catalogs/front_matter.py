"""The front matter of a Markdown file: the YAML between two lines of `---`, and the body below.

1. The first line is `---`; the next line that is `---` or `...` ends it, wherever a renderer such
   as Jekyll ends it too. Spaces after them and Windows line ends are let pass.
2. Text that is not UTF-8, has no front matter or one that does not end is `NoFrontMatter`.
3. Nothing is changed: head and body are the file's own characters.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_OPENS = re.compile(r"\A\ufeff?---[ \t]*\r?\n")
_CLOSES = re.compile(r"^(?:---|\.\.\.)[ \t]*\r?(?:\n|\Z)", re.MULTILINE)


class NoFrontMatter(ValueError):
    """A file without front matter, and why; `line` counts from 1."""

    def __init__(self, why: str, line: int) -> None:
        super().__init__(why)
        self.why = why
        self.line = line


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontMatter:
    """A file in three pieces, which are the whole file: `opening`, `head`, `closing` with body."""

    opening: str
    head: str
    rest: str
    """The line that ends the front matter, and the body."""

    @property
    def body(self) -> str:
        """The Markdown below the front matter."""
        return self.rest.partition("\n")[2]

    @property
    def body_line(self) -> int:
        """The line at which the body starts."""
        return self.head.count("\n") + 3

    def text(self) -> str:
        """Return the whole file."""
        return f"{self.opening}{self.head}{self.rest}"


FIRST_LINE = 2
"""The line of its file at which a front matter's YAML starts."""


def split_front_matter(text: str) -> FrontMatter:
    """Return a file's text in pieces.

    Raises:
        NoFrontMatter: It has none, or one that does not end.
    """
    opens = _OPENS.match(text)
    if opens is None:
        raise NoFrontMatter("the file does not start with a line `---`", 1)
    closes = _CLOSES.search(text, opens.end())
    if closes is None:
        raise NoFrontMatter("the front matter is not closed by a line `---`", 1)
    return FrontMatter(
        opening=text[: opens.end()],
        head=text[opens.end() : closes.start()],
        rest=text[closes.start() :],
    )


def decoded(data: bytes) -> str:
    """Return a file's text as it is, line ends included.

    Raises:
        NoFrontMatter: It is not UTF-8.
    """
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        why = f"the byte 0x{data[error.start]:02x} is not UTF-8"
        raise NoFrontMatter(why, line) from None
