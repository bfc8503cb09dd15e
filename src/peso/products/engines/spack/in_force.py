"""Spack's configuration as it was in force, as a release ships it: YAML, without secrets.

1. Of a mirror only what says where it is and what is taken from it; no login, no access pair, no
   profile, and no user in an address.
2. PESO's own folders on the building machine are named `$peso`: they decide nothing, and the same
   stack on another machine, or in another folder, has the same settings.
3. All else is as Spack printed it, mirrors and recipes in folders of this machine included.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit, urlunsplit

import yaml

from peso.errors import Outside

_OWN: Final = "$peso"
_OF_A_MIRROR: Final = ("url", "binary", "source", "signed", "priority", "view", "autopush")
_WAYS: Final = ("fetch", "push")


def settings_text(said: str, *, own: Path) -> bytes:
    """Return Spack's configuration, which it printed as JSON, as a release ships it.

    Args:
        said: What Spack printed.
        own: PESO's own folder, which is not named.

    Raises:
        Outside: It is not JSON.
    """
    try:
        settings = json.loads(said)
        if isinstance(settings, dict):
            settings = {name: _without_logins(section) for name, section in settings.items()}
        text = yaml.safe_dump(_named(settings, str(own)), sort_keys=False, width=100)
    except (ValueError, yaml.YAMLError, RecursionError) as error:
        raise Outside("Spack's configuration is not JSON", hint=str(error)) from error
    return text.encode()


def _without_logins(section: Any) -> Any:  # noqa: ANN401 - whatever Spack printed
    if not isinstance(section, Mapping):
        return section
    mirrors = section.get("mirrors")
    if not isinstance(mirrors, Mapping):
        return section
    return {**section, "mirrors": {name: _mirror(one) for name, one in mirrors.items()}}


def _mirror(one: Any) -> Any:  # noqa: ANN401
    if isinstance(one, str):
        return _address(one)
    if not isinstance(one, Mapping):
        return None
    kept = {key: one[key] for key in _OF_A_MIRROR if key in one}
    if isinstance(kept.get("url"), str):
        kept["url"] = _address(kept["url"])
    return {**kept, **{way: _mirror(one[way]) for way in _WAYS if way in one}}


def _address(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:
        return "an address that cannot be read"
    if "@" not in parts.netloc:
        return url
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


def _named(value: Any, own: str) -> Any:  # noqa: ANN401
    if isinstance(value, str):
        return value.replace(f"{own}/", f"{_OWN}/")
    if isinstance(value, Mapping):
        return {key: _named(one, own) for key, one in value.items()}
    if isinstance(value, list):
        return [_named(one, own) for one in value]
    return value
