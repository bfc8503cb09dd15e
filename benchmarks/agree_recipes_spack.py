"""The side of the comparison that Spack runs: `spack python agree_recipes_spack.py IN OUT`.

Reads what PESO says of each package (JSON lines), asks Spack's own classes, and writes where the
two differ. Specs and conditions of PESO go through Spack's own parser and merging, so equality is
that of Spack's parsed form. Imports nothing of PESO: Spack brings its own Python.
"""

import json
import sys
from collections import Counter

import spack.deptypes as dt
import spack.directives
import spack.install_test
import spack.repo
import spack.spec
import spack.variant
from spack.version import StandardVersion

FETCH = ("commit", "tag", "branch")
HASHES = ("sha512", "sha384", "sha256", "sha224", "md5", "checksum")


class Package:
    """Stands for a package while Spack's own code merges what PESO read."""

    def __init__(self, name):
        self.name = name
        self.dependencies = {}


def condition(when):
    made = spack.directives._make_when_spec(tuple(when) if when else None)
    return "never" if made is None else str(made)


def spec(text):
    return str(spack.spec.Spec(text))


def value(one):
    if isinstance(one, spack.variant.ConditionalValue):
        return f"{one.value} if {'never' if one.when is None else one.when}"
    return f"{one} if "


def spack_says(cls):
    says = {}
    says["versions"] = {
        str(number): [next(([k, args[k]] for k in HASHES if k in args), None)]
        + [args.get(k) for k in FETCH]
        + [bool(args.get("preferred")), bool(args.get("deprecated"))]
        for number, args in cls.versions.items()
    }
    says["variants"] = {
        f"{name} when {'never' if when is None else when}": [
            repr(one.default),
            one.multi,
            one.sticky,
            None if one.values is None else [value(v) for v in one.values],
            [sorted(map(str, s)) for s in one.values.sets]
            if isinstance(one.values, spack.variant.DisjointSetsOfValues)
            else None,
        ]
        for when, by_name in cls.variants.items()
        for name, one in by_name.items()
    }
    says["dependencies"] = {
        f"{one.name} when {when}": [
            str(one.spec),
            list(dt.flag_to_tuple(one.depflag)),
            sum(map(len, one.patches.values())),
        ]
        for when, by_name in cls.dependencies.items()
        for one in by_name.values()
    }
    says["provides"] = count(
        f"{one} when {when}" for when, several in cls.provided.items() for one in several
    )
    says["conflicts"] = count(
        f"{one[0]} when {when}" for when, several in cls.conflicts.items() for one in several
    )
    says["requires"] = count(
        f"{sorted(map(str, one[0]))} {one[1]} when {when}"
        for when, several in cls.requirements.items()
        for one in several
    )
    says["licenses"] = {str(when): one for when, one in cls.licenses.items()}
    says["extends"] = sorted(cls.extendees)
    says["patches"] = count(
        f"{getattr(one, 'relative_path', None) or one.url} {one.level} {one.reverse} when {when}"
        for when, several in cls.patches.items()
        for one in several
    )
    says["resources"] = count(
        f"{one.name} when {when}" for when, several in cls.resources.items() for one in several
    )
    says["splices"] = {str(when): str(one[0]) for when, one in cls.splice_specs.items()}
    says["redistribute"] = {
        str(when): [one.source, one.binary] for when, one in cls.disable_redistribute.items()
    }
    says["maintainers"] = sorted(cls.maintainers)
    says["tags"] = sorted(set(getattr(cls, "tags", [])))
    says["homepage"] = cls.homepage or ""
    tests = spack.install_test.test_function_names(cls)
    says["tests"] = sorted(one.rpartition(".")[2] for one in tests)
    return says


def count(several):
    return dict(Counter(several))


def peso_says(read):
    says = {}
    says["versions"] = {
        str(StandardVersion.from_string(one["number"])): [
            [one["checksum_kind"], one["checksum"]] if one["checksum"] else None
        ]
        + [one[k] or None for k in FETCH]
        + [one["preferred"], one["deprecated"]]
        for one in read["versions"]
    }
    says["variants"] = {}
    for one in read["variants"]:
        listed = [
            f"{v['value']} if {'never' if v['never'] else condition(v['when'])}"
            for v in one["values"]
        ]
        says["variants"][f"{one['name']} when {condition(one['when'])}"] = [
            repr(one["default"]),
            one["multi"],
            one["sticky"],
            None if one["accepts"] else listed,
            [sorted(s) for s in one["sets"]] or None,
        ]
    merged, patches = Package(read["name"]), Counter()
    for one in read["dependencies"]:
        when = tuple(one["when"]) or None
        spack.directives._execute_depends_on(
            merged, one["spec"], when=when, type=tuple(one["types"])
        )
        patches[f"{one['name']} when {condition(one['when'])}"] += len(one["patches"])
    says["dependencies"] = {
        f"{one.name} when {when}": [
            str(one.spec),
            list(dt.flag_to_tuple(one.depflag)),
            patches[f"{one.name} when {when}"],
        ]
        for when, by_name in merged.dependencies.items()
        for one in by_name.values()
    }
    # Spack keeps a set here: the same twice is once.
    says["provides"] = count(
        {f"{spec(s)} when {condition(o['when'])}" for o in read["provided"] for s in o["specs"]}
    )
    says["conflicts"] = count(
        f"{spec(one['spec'])} when {condition(one['when'])}" for one in read["conflicts"]
    )
    says["requires"] = count(
        f"{sorted(map(spec, one['specs']))} {one['policy']} when {condition(one['when'])}"
        for one in read["requirements"]
    )
    says["licenses"] = {condition(one["when"]): one["expression"] for one in read["licenses"]}
    says["extends"] = sorted({one["name"] for one in read["extensions"]})
    says["patches"] = count(
        f"{one['source']} {one['level']} {one['reverse']} when {condition(one['when'])}"
        for one in read["patches"]
    )
    says["resources"] = count(
        f"{one['name'] or None} when {condition(one['when'])}" for one in read["resources"]
    )
    says["splices"] = {condition(one["when"]): spec(one["target"]) for one in read["splices"]}
    says["redistribute"] = {}
    for one in read["redistributions"]:
        before = says["redistribute"].setdefault(condition(one["when"]), [False, False])
        before[:] = [before[0] or not one["source"], before[1] or not one["binary"]]
    says["maintainers"] = list(read["maintainers"])
    says["tags"] = sorted(set(read["tags"]))
    says["homepage"] = read["homepage"]
    says["tests"] = sorted(one["name"] for one in read["tests"])
    return says


def differences(spack_side, peso_side):
    found = []
    for kind, theirs in spack_side.items():
        ours = peso_side[kind]
        if theirs == ours:
            continue
        if isinstance(theirs, dict):
            keys = [k for k in {**theirs, **ours} if theirs.get(k) != ours.get(k)]
            found += [[kind, k, str(theirs.get(k))[:300], str(ours.get(k))[:300]] for k in keys]
        else:
            found.append([kind, "", str(theirs)[:300], str(ours)[:300]])
    return found


def main():
    known = set(spack.repo.PATH.all_package_names(include_virtuals=True))
    read = set()
    with open(sys.argv[1]) as lines, open(sys.argv[2], "w") as out:
        for line in lines:
            package = json.loads(line)
            name = package["name"]
            read.add(name)
            said = {"name": name, "differences": [], "error": ""}
            try:
                if name not in known:
                    said["differences"] = [["names", name, "not known", "read"]]
                elif "reason" not in package:
                    cls = spack.repo.PATH.get_pkg_class(name)
                    said["differences"] = differences(spack_says(cls), peso_says(package))
            except Exception as error:
                said["error"] = f"{type(error).__name__}: {error}"
            out.write(json.dumps(said) + "\n")
        for name in sorted(known - read):
            said = {"name": name, "differences": [["names", name, "known", "not read"]]}
            out.write(json.dumps({**said, "error": ""}) + "\n")


main()
