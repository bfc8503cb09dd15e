"""Asked in Spack's own Python (`spack python`): what Spack says of specs, one JSON line for each.

Reads specs from a file (a JSON list of texts), writes what Spack refuses each for: a variant the
package does not have (under any condition that can hold), a value, a version nobody has, only
deprecated versions, a conflict or requirement of the recipe that holds for certain. Facts only; see
`agree_lint.py`.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import spack.repo
import spack.spec
import spack.variant
import spack.version


def refused(text: str) -> dict[str, str]:
    """Return the kinds of fault Spack finds, with its words."""
    spec = spack.spec.Spec(text)
    package = spack.repo.PATH.get_pkg_class(spec.name)
    return {**variants(spec, package), **versions(spec, package), **rules(spec, package)}


def variants(spec: Any, package: Any) -> dict[str, str]:
    found = {}
    try:
        spack.spec.Spec.ensure_valid_variants(spec)
    except Exception as error:  # noqa: BLE001 - whatever it raises is a no
        found["variant"] = f"{type(error).__name__}: {error}"
    for name, variant in spec.variants.items():
        if name not in package.variant_names():
            continue
        conditions = [when for when, some in package.variants.items() if name in some]
        if not any(spec.intersects(when) for when in conditions):
            found["variant"] = f"{name} only when {' or '.join(map(str, conditions))}"
            continue
        try:
            spack.variant.prevalidate_variant_value(package, variant, spec)
        except Exception as error:  # noqa: BLE001 - whatever it raises is a no
            found["value"] = f"{type(error).__name__}: {error}"
    return found


def versions(spec: Any, package: Any) -> dict[str, str]:
    known = [one for one in package.versions if one.satisfies(spec.versions)]
    asked = spec.versions != spack.version.any_version and not spec.versions.concrete
    if asked and not known:
        return {"version": "none of its versions"}
    if known and all(package.versions[one].get("deprecated") for one in known):
        return {"deprecated": "all deprecated"}
    return {}


def rules(spec: Any, package: Any) -> dict[str, str]:
    found = {}
    for when, conflicts in package.conflicts.items():
        for conflict, message in conflicts:
            if spec.satisfies(when) and spec.satisfies(conflict):
                found["conflict"] = f"{conflict} when {when}: {message}"
    for when, requirements in package.requirements.items():
        for specs, _policy, message in requirements:
            if spec.satisfies(when) and not any(spec.intersects(one) for one in specs):
                found["requirement"] = f"{specs} when {when}: {message}"
    return found


def main() -> None:
    for text in json.loads(Path(sys.argv[1]).read_text()):
        try:
            said = refused(text)
        except Exception as error:  # noqa: BLE001 - whatever it raises is a no
            said = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps({"spec": text, "refused": said}))


main()
