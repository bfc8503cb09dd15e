"""A module as Lua, for Lmod. Pure: a record in, text out.

1. What comes from anywhere else is in a quoted string, in which quotes, backslashes and control
   characters are escaped, or in a comment of one line. Nothing can end either.
2. Equal modules give equal text.
3. Values are put before those that are there (`prepend_path`), so that unloading takes away what
   loading brought and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator

from peso.services.delivery.emit.installed import Origin
from peso.services.delivery.emit.modules import Module

_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n"}


def lua(module: Module, origin: Origin | None) -> str:
    """Return a module's text, without the line that says whose file it is."""
    return "\n".join([*_said(module, origin), "", *_does(module)]) + "\n"


def quoted(text: str) -> str:
    """Return a text as a string of Lua that is that text."""
    return f'"{"".join(_character(one) for one in text)}"'


def comment(text: str) -> str:
    """Return a text as a comment of one line."""
    return f"-- {''.join(one if one.isprintable() else ' ' for one in text)}".rstrip()


def _character(one: str) -> str:
    if one in _ESCAPES:
        return _ESCAPES[one]
    return f"\\{ord(one):03d}" if ord(one) < 0x20 or ord(one) == 0x7F else one  # noqa: PLR2004


def _said(module: Module, origin: Origin | None) -> Iterator[str]:
    name = module.name.partition("/")[0]
    summary = module.description.partition("\n")[0]
    told = [("Name", name), ("Version", module.version)]
    told += [("Description", summary)] if summary else []
    told += [("URL", module.homepage)] if module.homepage else []
    told += [("Unit", module.unit)] if module.unit else []
    if origin:
        told += [("Release", origin.label), ("Manifest", f"sha256 {origin.manifest}")]
    for key, value in told:
        line = " ".join(f"{key}: {value}".split())
        yield f"whatis({quoted(line)})"
    yield f"help({quoted(_help(module, origin))})"


def _help(module: Module, origin: Origin | None) -> str:
    lines = [module.label, "", *(module.description or "No description is known.").split("\n"), ""]
    if origin:
        lines += [f"From the release {origin.label}: {origin.title}"]
        lines += [f"signed manifest sha256 {origin.manifest}"]
    lines += [f"unit {module.unit}"] if module.unit else []
    lines += [*module.holds, *module.remarks]
    return "\n".join(lines)


def _does(module: Module) -> Iterator[str]:
    yield f"conflict({quoted(module.name.partition('/')[0])})"
    if module.family:
        yield f"family({quoted(module.family)})"
    for one in module.loads:
        yield f"depends_on({quoted(one)})"
    for name, value in module.variables:
        yield f"setenv({quoted(name)}, {quoted(value)})"
    for name, value in module.paths:
        yield f"prepend_path({quoted(name)}, {quoted(value)})"
    if module.system_manuals:
        yield comment("an empty end stands for the machine's own manual pages")
        yield 'append_path("MANPATH", "")'
    for one in module.remarks:
        yield comment(one)
