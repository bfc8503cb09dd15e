"""Linting stacks: what is wrong with a definition, before anything is solved or built.

Imports nothing of the workspace, and reads PESO's own stack file only where there is one: a run
over one Spack environment must be over at once.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from peso.errors import BadInput, Fault
from peso.products.environments.facts import facts_of_this_machine
from peso.products.lint.host import Host
from peso.products.lint.record import LintReport
from peso.products.lint.run import Run, definitions
from peso.products.lint.stock import Named, Stockroom, named_folders, recipes_of_spack

Where = str | Path


def lint(
    paths: Where | Iterable[Where],
    *,
    repos: Iterable[Where] = (),
    host: bool = False,
    environment: Mapping[str, str] | None = None,
) -> LintReport:
    """Lint stack definitions: `spack.yaml` with its includes, and `stack.yaml`.

    Args:
        paths: files, or folders that hold one or many of them.
        repos: recipe repositories in order, folders or `FOLDER@COMMIT`. Without any: the catalog
            last indexed, else the recipes of the Spack that `PESO_SPACK` names. What an environment
            itself names by a path comes before these.
        host: whether to look for its externals and modules on this machine.
        environment: the environment variables; this process's by default.

    Raises:
        BadInput: there is no such file, or a folder has no definition.
        Outside: the disk or git failed.
    """
    variables = os.environ if environment is None else environment
    several = (paths,) if isinstance(paths, str | Path) else paths
    files = definitions(Path(one) for one in several)
    if not files:
        raise BadInput("no file is named", hint="name a stack.yaml, a spack.yaml, or a folder")
    facts = facts_of_this_machine(variables)
    cache = cache_folder(files[0].parent, variables)
    stockroom = Stockroom(
        base=_base(tuple(str(one) for one in repos), cache, variables), cache=cache, facts=facts
    )
    run = Run(
        facts=facts,
        stock=stockroom.stock,
        stack_faults=_stack_faults,
        host=Host(variables=variables) if host else None,
    )
    report = run.report(files)
    stockroom.save()
    return report


def cache_folder(folder: Path, variables: Mapping[str, str]) -> Path:
    """Return where the catalog of a folder keeps its index; see `peso.api.catalog`."""
    here = folder.absolute()
    for place in (here, *here.parents):
        if (place / "peso.yaml").is_file():
            return place / ".peso" / "cache"
    home = Path(variables.get("HOME", "~")).expanduser()
    return Path(variables.get("XDG_CACHE_HOME") or home / ".cache") / "peso"


def _base(repos: tuple[str, ...], cache: Path, variables: Mapping[str, str]) -> tuple[Named, ...]:
    """Return the recipes all environments are judged by."""
    if repos:
        return named_folders(repos, "--repo", cache)
    try:
        said = json.loads((cache / "catalog" / "current.json").read_bytes())
        last = tuple(str(one) for one in said["repositories"])
    except (OSError, ValueError, KeyError, TypeError):
        last = ()
    return named_folders(last, "last indexed", cache) if last else recipes_of_spack(variables)


def _stack_faults(file: Path) -> tuple[Fault, ...]:
    from peso.products.stack import load_stack  # noqa: PLC0415 - only where there is such a file

    try:
        load_stack(file)
    except BadInput as error:
        return error.faults or (Fault(where=str(file), message=error.message, hint=error.hint),)
    return ()
