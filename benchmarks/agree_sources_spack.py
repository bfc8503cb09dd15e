"""The side of the comparison that Spack runs: `spack python agree_sources_spack.py LOCK OUT`.

Says of each unit of a lock what Spack would fetch for it, with which digest, and where in a source
mirror it would look; and the licenses whose condition the unit meets. Imports nothing of PESO.
"""

import gzip
import json
import sys

import spack.fetch_strategy
import spack.mirrors.layout
import spack.spec

READER = spack.spec.SpecfileV5


def specs_of(data):
    nodes = json.loads(data)["concrete_specs"]
    specs = {}
    for hash_, node in nodes.items():
        specs[hash_] = READER.from_node_dict(node)
        specs[hash_]._hash = hash_
    for hash_, node in nodes.items():
        for _, below, types, _, virtuals, *_ in READER.dependencies_from_node_dict(node):
            specs[hash_]._add_dependency(specs[below], depflag=types, virtuals=virtuals)
    for one in specs.values():
        one._mark_root_concrete()
    return specs


def place(fetcher, spec=None):
    try:
        return spack.mirrors.layout.default_mirror_layout(fetcher, "per/package", spec).path
    except Exception as error:
        return f"none: {error}"


def fetched(fetcher, spec=None):
    git = isinstance(fetcher, spack.fetch_strategy.GitFetchStrategy)
    return {
        "kind": type(fetcher).__name__,
        "url": getattr(fetcher, "url", None) or "",
        "digest": getattr(fetcher, "digest", None) or "",
        "reference": (fetcher.commit or fetcher.tag or fetcher.branch or "") if git else "",
        "place": place(fetcher, spec),
    }


def patch(one):
    if not hasattr(one, "url"):
        return {"url": "", "digest": one.sha256, "place": ""}
    said = fetched(one.fetcher())
    return {"url": one.url, "digest": one.archive_sha256 or one.sha256, "place": said["place"]}


def said_of(spec):
    package = spec.package
    said = {"licenses": [text for when, text in package.licenses.items() if spec.satisfies(when)]}
    said["main"] = fetched(package.fetcher, spec)
    said["resources"] = [fetched(one.fetcher) for one in package._get_needed_resources()]
    said["patches"] = [patch(one) for one in spec.patches]
    return said


def main(lock, out):
    with open(lock, "rb") as stream:
        data = stream.read()
    data = gzip.decompress(data) if data.startswith(b"\x1f\x8b") else data
    answers = {}
    for hash_, spec in specs_of(data).items():
        if spec.external:
            continue
        try:
            answers[hash_] = said_of(spec)
        except Exception as error:
            answers[hash_] = {"error": f"{type(error).__name__}: {error}"}
    with open(out, "w") as stream:
        json.dump(answers, stream)


if __name__ == "__main__":
    main(*sys.argv[1:])
