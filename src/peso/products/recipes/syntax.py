"""A recipe's bytes become a text, and a text a syntax tree, or a reason why not.

Python's own parser does the work (docs/adr/0007); it bounds nesting itself and says so with one of
several exceptions. What is refused before: files that are too large, and anything but UTF-8.
"""

from __future__ import annotations

import ast
import codecs
import contextlib
import warnings
from collections.abc import Iterator

from peso.products.recipes.refusals import CannotRead
from peso.products.recipes.source import LARGEST


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Surround all parsing, once: it costs as much as parsing a small recipe.

    A recipe's style, which Python warns of, is not our concern.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def text_of(data: bytes) -> str:
    """Return the text of a file; raises `CannotRead` with the reason."""
    if len(data) > LARGEST:
        raise CannotRead(f"it is larger than {LARGEST >> 20} MiB")
    if b"\0" in data:
        raise CannotRead("it has a null byte")
    try:
        return data.removeprefix(codecs.BOM_UTF8).decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise CannotRead(f"line {line} is not UTF-8") from None


def tree_of(text: str, before: int = 0) -> ast.Module:
    """Return the syntax tree of a text; raises `CannotRead` with the reason.

    Args:
        text: all of a file, or a piece of it.
        before: how many lines are before the piece.
    """
    try:
        return ast.parse(text)
    except SyntaxError as error:
        line = (error.lineno or 0) + before
        raise CannotRead(f"line {line}: it is not Python: {error.msg}") from None
    except (MemoryError, RecursionError):
        raise CannotRead("it is nested too deep for any reader") from None
    except ValueError as error:
        raise CannotRead(f"it is not Python: {error}") from None
