"""What Spack says when it cannot solve an environment, said once, in PESO's form.

What it does not do: guess a cause. Spack's own reason is the message; what differs is whose turn it
is. The rules, in order:

1. A repository of recipes that cannot be read comes first: whatever follows is owed to it.
2. The solver is missing, there is no compiler, or something could not be fetched: `Outside`, with
   what to do on this machine.
3. Everything else Spack says is about the environment: `BadInput`, where the environment is.
4. A long account of reasons is cut to the first few different ones; places in PESO's copy of the
   environment are said as places in the original.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from peso.errors import BadInput, Outside, PesoError

_ERROR: Final = "==> Error: "
_REASON = re.compile(r"^ +\d+\. (.+)$", re.MULTILINE)
_NO_SOLVER = re.compile(
    r"bootstrap[^\n]*clingo|bootstrapping is currently disabled|No module named '?clingo"
)
_NO_COMPILER = re.compile(r"no compiler configured|cannot find working compilers")
_OUTSIDE = re.compile(
    r"Could not resolve host|Name or service not known|unable to access|Failed to clone"
    r"|No space left on device|Permission denied|Timed out waiting|urlopen|FetchError"
)
_NO_REPOSITORY = re.compile(r"(Error constructing repository [^\n]+)")
_SHOWN: Final = 5
_LONGEST: Final = 2_000
_LAST: Final = 12


def refusal(said: str, *, copy: Path, original: Path, python: str) -> PesoError:
    """Return the error for what Spack printed on standard error.

    Args:
        said: What it printed.
        copy: The folder of the copy that Spack worked on.
        original: The environment's file.
        python: The Python that Spack ran on, as far as it is known.
    """
    if trouble := repository_trouble(said, copy=copy, original=original):
        return trouble
    said = said.replace(str(copy), str(original.parent))
    _, found, reason = said.partition(_ERROR)
    if _NO_SOLVER.search(said):
        return Outside(
            "Spack has no solver: its Python module clingo is not there, and could not be fetched",
            where=python,
            hint=f"say: {python} -m pip install clingo",
        )
    if _NO_COMPILER.search(said):
        return Outside(
            f"Spack: {_short(reason)}",
            hint="install gcc and gfortran, or name your compilers in Spack's packages.yaml",
        )
    if not found:
        last = "\n".join(said.strip().splitlines()[-_LAST:])
        return Outside(f"Spack ended without a reason\n{last[-_LONGEST:]}", where=str(original))
    if _OUTSIDE.search(said):
        return Outside(
            f"Spack: {_short(reason)}",
            where=str(original),
            hint="see that it can reach the network, or say in peso.yaml where your recipes are",
        )
    return BadInput(
        f"Spack cannot solve this environment: {_reasons(reason)}",
        where=str(original),
        hint=f"`peso stack lint {original}` may say more",
    )


def repository_trouble(said: str, *, copy: Path, original: Path) -> PesoError | None:
    """Return the error for a recipe repository that Spack could not read, of which it only warns.

    Without it Spack would solve with other recipes, or find no compiler because it knows none.
    """
    found = _NO_REPOSITORY.search(said)
    if found is None:
        return None
    reason = found[1].replace(str(copy), str(original.parent))[:_LONGEST]
    if "clone" in reason:
        return Outside(
            f"Spack could not fetch its recipes: {reason}",
            hint="see that it can reach the network, or name a checkout: `recipes: [FOLDER]` in "
            "peso.yaml",
        )
    return BadInput(
        f"Spack could not read a recipe repository: {reason}",
        where=str(original),
        hint="see its path in `repos:`",
    )


def _reasons(text: str) -> str:
    """Return the first few different reasons of a long account; a short one as it is."""
    found = list(dict.fromkeys(reason.strip() for reason in _REASON.findall(text)))
    if not found:
        return _short(text)
    head = text.strip().splitlines()[0]
    more = [f"  and {len(found) - _SHOWN} more"] if len(found) > _SHOWN else []
    return "\n".join([head, *(f"  {one}" for one in found[:_SHOWN]), *more])[:_LONGEST]


def _short(text: str) -> str:
    lines = [line.strip() for line in text.strip().splitlines() if line.strip()]
    return "; ".join(lines[:_SHOWN])[:_LONGEST]
