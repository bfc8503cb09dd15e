"""Asked in Spack's own Python (`spack python`): what Spack says of specs, one JSON line for each.

Reads specs from a file (a JSON list of texts), writes what Spack refuses each for: an unknown
variant, a value, a version nobody has, a conflict or requirement of the recipe that holds for
certain. Facts only; see `agree_lint.py`.
"""

from __future__ import annotations

import json
import sys

import spack.repo
import spack.spec
import spack.variant
import spack.version


def refused(text):
    """Return the kinds of fault Spack finds, and its words."""
    found = {}
    spec = spack.spec.Spec(text)
    package = spack.repo.PATH.get_pkg_class(spec.name)
    try:
        spack.spec.Spec.ensure_valid_variants(spec)
    except Exception as error:
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
        except Exception as error:
            found["value"] = f"{type(error).__name__}: {error}"
    some = spec.versions != spack.version.any_version
    if some and not spec.versions.concrete and not any(v.satisfies(spec.versions) for v in package.versions):
        found["version"] = "none of its versions"
    known = [v for v in package.versions if v.satisfies(spec.versions)]
    if known and all(package.versions[v].get("deprecated") for v in known):
        found["deprecated"] = "all deprecated"
    for when, conflicts in package.conflicts.items():
        for conflict, message in conflicts:
            if spec.satisfies(when) and spec.satisfies(conflict):
                found["conflict"] = f"{conflict} when {when}: {message}"
    for when, requirements in package.requirements.items():
        for specs, _policy, message in requirements:
            if spec.satisfies(when) and not any(spec.intersects(one) for one in specs):
                found["requirement"] = f"{specs} when {when}: {message}"
    return found


def main():
    with open(sys.argv[1]) as stream:
        texts = json.load(stream)
    for text in texts:
        try:
            said = refused(text)
        except Exception as error:
            said = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps({"spec": text, "refused": said}))


main()
