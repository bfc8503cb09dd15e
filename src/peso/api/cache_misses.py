"""Why units of a stack are in no cache, and what would bring most of them.

Imports nothing of the workspace before a publication is asked about.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from peso.api.caches import cached_units
from peso.api.named_units import Trusted, named_units
from peso.errors import BadInput
from peso.services.integration.cache_misses import CacheExplained, explain_misses
from peso.services.integration.cached import Caches

Where = str | Path


def explain_cache(  # noqa: PLR0913 - one argument for each option of the command
    stack: Where,
    caches: Iterable[Where],
    *,
    host: Where | None = None,
    root: Where | None = None,
    unsafe_development_keys: bool = False,
    environment: Mapping[str, str] | None = None,
) -> CacheExplained:
    """Say which units of a stack no cache holds, which are nearest, and why they are others.

    Args:
        stack: a lock of Spack, a stack as it was planned last, a folder with one, or a release as
            for `explain_rebuild`.
        caches: what to look into, in this order: publications, build caches of Spack (a folder or a
            URL, layout 3), and locks whose units are taken as cached.
        host: `here` for this machine, or a host file: to say what of the caches could run there.
        root: the pinned root file, where a publication is named; without it, a root pinned before.
        unsafe_development_keys: accept a root whose keys anybody could have made.
        environment: the environment variables; this process's by default.

    Raises:
        BadInput: something names nothing, or no cache is named.
        Refused: a publication is not proven.
        Outside: the disk or the network failed.
    """
    trusted = Trusted.by(root, unsafe_development_keys=unsafe_development_keys)
    places = tuple(caches)
    if not places:
        raise BadInput(
            "no cache is named",
            hint="name publications, build caches of Spack or locks with --cache",
        )
    wanted = named_units(stack, trusted)
    facts = None
    if host is not None:
        from peso.api.host_file import host_facts  # noqa: PLC0415 - only where it is asked

        facts = host_facts(str(host), os.environ if environment is None else environment)
    names = frozenset(one.name for one in wanted.units)
    held = Caches(cached_units(place, trusted, names) for place in places)
    return explain_misses(wanted, held, stack=wanted.where, host=facts)
