"""Changes single keys of a YAML mapping in its text; every other byte stays as a person wrote it.

1. A text that stands on the key's own line is replaced where it stands; a comment behind it stays.
2. Else the key's lines are replaced, from the key to the end of its value; blank lines and
   comments between it and the next key stay.
3. A new key comes at the end. A removed key leaves with its lines.
4. The line end of the text is used. A mapping in braces is not changed: `NotSpliced`.

What a value looks like is said here too (`as_yaml`), so that both kinds of text look alike.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping as Map
from typing import Any

import yaml

from peso.products.catalogs.written import (
    Mapping,
    Pair,
    Scalar,
    Unreadable,
    last_leaf,
    plain,
    read_written,
)

REMOVED = object()
"""Stands for the value of a key that is to go."""


class NotSpliced(ValueError):
    """A text that single keys cannot be changed in, and why."""


class _Dumper(yaml.SafeDumper):
    """Lists indented below their key, nothing repeated by an alias."""

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002 - the library's signature
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002
        super().increase_indent(flow, False)  # noqa: FBT003 - the library's signature


def _represent_text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text else None
    if style and (not text.strip("\n") or text.endswith("\n\n")):
        style = '"'  # a block that keeps blank lines at its end would have to end the document
    if text[:1] in _NUMBER_LIKE or not text.replace("\n", "").isprintable():
        # YAML 1.2 takes more for numbers, and less for line ends, than 1.1, which this writes.
        style = '"'
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


def _represent_nothing(dumper: yaml.SafeDumper, _: None) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:null", "")


class _Top(dict[str, Any]):
    """The key and its value: never in braces, whatever the value is."""


def _represent_top(dumper: yaml.SafeDumper, top: _Top) -> yaml.MappingNode:
    return dumper.represent_mapping("tag:yaml.org,2002:map", top, flow_style=False)


_OPENS_BLOCK = re.compile(r": \|[0-9]?-?\r?\Z")
_INDENTED_COMMENT = re.compile(r"(?:[ \t]*(?:#[^\n]*)?\n)*[ \t]+#")
_SPACES = re.compile(r"(?:[ \t]*\r?\n)*[ \t]+\r?\n")
_NUMBER_LIKE = frozenset("+-.0123456789")
_WIDTH, _ONE_LINE = 100, 1 << 16
_Dumper.add_representer(_Top, _represent_top)
_Dumper.add_representer(str, _represent_text)
_Dumper.add_representer(type(None), _represent_nothing)


def as_yaml(key: str, value: Any, *, compact: bool = False) -> str:  # noqa: ANN401 - plain data
    """Return `key: value` as YAML lines; `compact` writes what holds only texts on one line."""
    if isinstance(value, str) and "\n" in value:
        block = _block(key, value)
        if block is not None:
            return block
    flow = None if compact else False
    return str(
        yaml.dump(
            _Top({key: value}),
            Dumper=_Dumper,
            sort_keys=False,
            allow_unicode=True,
            width=_ONE_LINE if isinstance(value, str) else _WIDTH,
            default_flow_style=flow,
        )
    )


def _block(key: str, text: str) -> str | None:
    """Return a text of several lines as a block, spaces at line ends included, where it can be."""
    lines = text.split("\n")
    if not all(line.isprintable() for line in lines) or not text.strip() or not lines[0].strip():
        return None
    if text.endswith("\n\n"):
        return None  # blank lines behind it would become its own
    chomp = "-" if lines[-1] else ""
    indent = "2" if lines[0].startswith(" ") else ""
    body = [f"  {line}" if line else "" for line in (lines if lines[-1] else lines[:-1])]
    said = "\n".join([f"{key}: |{indent}{chomp}", *body, ""])
    try:
        same = plain(read_written(said) or _NOTHING) == {key: text}
    except Unreadable:
        return None
    return said if same else None


_NOTHING = Mapping(pairs=(), line=1, start=0, end=0)


def splice(text: str, changes: Map[str, Any], *, compact: bool = False) -> str:
    """Return a mapping's text with some keys changed, added or `REMOVED`.

    Raises:
        Unreadable: The text is no YAML.
        NotSpliced: It is no mapping, or one in braces.
    """
    root = read_written(text)
    if root is None:
        root = Mapping(pairs=(), line=1, start=len(text), end=len(text))
    if not isinstance(root, Mapping) or root.flow:
        raise NotSpliced("it is not a mapping with a key on each line")
    newline = "\r\n" if "\r\n" in text else "\n"
    edits: list[tuple[int, int, str]] = []
    added: list[str] = []
    for key, value in changes.items():
        pair = root.get(key)
        said = "" if value is REMOVED else as_yaml(key, value, compact=compact)
        said = said.replace("\n", newline)
        if pair is None:
            added.append(said)
        else:
            edits.append(_edit(text, pair, said))
    for start, end, said in sorted(edits, reverse=True):
        text = text[:start] + said + text[end:]
    return _appended(text, "".join(added), newline)


def _appended(text: str, said: str, newline: str) -> str:
    if said and text and not text.endswith("\n"):
        return f"{text}{newline}{said}"
    return text + said


def _edit(text: str, pair: Pair, said: str) -> tuple[int, int, str]:
    """Return the span to replace, and by what."""
    value = pair.value
    one_line = isinstance(value, Scalar) and value.style != "block" and value.text
    if one_line and said.count("\n") == 1 and value.start > pair.start:
        written = text[value.start : value.end]
        if "\n" not in written and text[pair.start : value.start].count("\n") == 0:
            new = said.partition(":")[2].strip()
            before = text[: value.start]
            return (value.start if new else len(before.rstrip(" ")), value.end, new)
    end = _line_end(text, _end(text, pair))
    if _OPENS_BLOCK.search(said.partition("\n")[0]):
        # Lines of spaces behind it, and indented comments, would become the new block's own.
        spaces = _SPACES.match(text, end)
        end = spaces.end() if spaces else end
        if _INDENTED_COMMENT.match(text, end):
            newline = "\r\n" if said.endswith("\r\n") else "\n"
            said = f"{pair.key}: {_quoted(said)}{newline}"
    return pair.start, end, said


def _quoted(said: str) -> str:
    """Return a block's text in double quotes, on one line."""
    root = read_written(said)
    text = plain(root.pairs[0].value) if isinstance(root, Mapping) else ""
    return json.dumps(text, ensure_ascii=False)


def _end(text: str, pair: Pair) -> int:
    """Return where the value's last own character is, comments and blank lines behind left out."""
    leaf = last_leaf(pair.value)
    if leaf.start < pair.start:  # an alias: its name stands here, what it repeats elsewhere
        return pair.start
    if isinstance(leaf, Scalar) and leaf.style == "block":
        end = leaf.end
        while end > leaf.start:
            line_start = text.rfind("\n", 0, end - 1) + 1
            line = text[line_start:end]
            if line[:1] in {" ", "\t"}:
                break
            if line_start <= leaf.start:
                return leaf.start
            end = line_start
        return max(leaf.start, end - 1)
    return leaf.end


def _line_end(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end + 1
