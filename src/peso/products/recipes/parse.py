"""A recipe's bytes become a syntax tree, or a reason why not, in bounded time and memory.

Python's own parser does the work (docs/adr/0007); it bounds nesting itself and says so with one of
several exceptions. What is refused before: files that are too large, and anything but UTF-8.
"""

from __future__ import annotations

import ast
import codecs
import contextlib
import warnings
from collections.abc import Iterator

from peso.products.recipes.lines import put_back, shortened
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


def parse(data: bytes) -> ast.Module:
    """Return the syntax tree of a file; raises `CannotRead` with the reason."""
    if len(data) > LARGEST:
        raise CannotRead(f"it is larger than {LARGEST >> 20} MiB")
    if b"\0" in data:
        raise CannotRead("it has a null byte")
    try:
        data = data.removeprefix(codecs.BOM_UTF8)
        text = data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise CannotRead(f"line {line} is not UTF-8") from None
    try:
        return _tree(text)
    except SyntaxError as error:
        raise CannotRead(f"line {error.lineno}: it is not Python: {error.msg}") from None
    except (MemoryError, RecursionError):
        raise CannotRead("it is nested too deep for any reader") from None
    except ValueError as error:
        raise CannotRead(f"it is not Python: {error}") from None


def _tree(text: str) -> ast.Module:
    """Return the syntax tree, with `Lines` for lines that need no parser; raises as Python does."""
    short, runs = shortened(text)
    if runs:
        # What is wrong with it, the whole text says.
        with contextlib.suppress(SyntaxError, ValueError, MemoryError, RecursionError):
            tree = ast.parse(short)
            if put_back(tree, runs):
                return tree
    return ast.parse(text)
