"""Whether findings on locked Python environments are pip-audit's, for the same advisories.

    python benchmarks/agree_pip_audit.py PYPA_ZIP PIP_AUDIT [--pairs N] [--report FILE]

PYPA_ZIP is an archive of PyPA's records, PIP_AUDIT the program (`pip install pip-audit`, in an
environment of its own). Real (package, version) pairs are drawn from the records, at and beside
what they list, and locked in several `pylock.toml`, each package once in each.

PESO imports the archive and scans the locks. pip-audit audits the same pairs and asks a server on
loopback instead of osv.dev: it answers the raw records that hold by the independent reference
evaluation of the tests, as osv.dev does the evaluating for pip-audit. So what agrees is reading,
names, evaluation, aliases, withdrawn records and fixed versions; what is not compared is
pip-audit's own evaluation, since it has none. Exits with 1 where they differ; a fixed version that
only PESO names is counted apart, since it is a gap of pip-audit's: it compares a record's name as
it is spelled there.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))  # the reference evaluation is the tests'

import yaml
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version
from tests.services.assurance.matching import osv_reference as reference

import peso
from peso.services.assurance.advisories.importing import import_advisories
from peso.services.assurance.scanning.report import Scanned

PAIRS, LOCKS, SEED = 600, 3, 20261126
ORDERS = {"ECOSYSTEM": reference.pep440, "SEMVER": reference.semver}
Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Found:
    """What one of the two says of a pair: each vulnerability by all its ids, and what fixes it."""

    ids: frozenset[str]
    fixed: frozenset[str]


def records(archive: Path) -> dict[str, list[dict[str, Any]]]:
    """Return the raw records by normalised package name."""
    loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
    found: dict[str, list[dict[str, Any]]] = {}
    with zipfile.ZipFile(archive) as opened:
        for name in sorted(opened.namelist()):
            if not name.endswith((".yaml", ".json")):
                continue
            record = yaml.load(opened.read(name), Loader=loader)  # noqa: S506 - texts only
            for entry in record.get("affected", ()):
                package = entry.get("package", {})
                if package.get("ecosystem") == "PyPI":
                    several = found.setdefault(str(canonicalize_name(package["name"])), [])
                    if record not in several:
                        several.append(record)
    return found


def pairs(by_name: dict[str, list[dict[str, Any]]], most: int) -> list[Pair]:
    """Draw pairs: versions that records list, their bounds, and versions beside them."""
    chosen = random.Random(SEED)  # noqa: S311 - a sample
    all_: list[Pair] = []
    for name, several in sorted(by_name.items()):
        versions: set[str] = set()
        for record in several:
            for entry in record["affected"]:
                versions |= set(entry.get("versions") or ())
                for span in entry.get("ranges") or ():
                    if span["type"] != "GIT":
                        for event in span["events"]:
                            versions |= {one for one in event.values() if one != "0"}
        good = sorted(str(Version(one)) for one in versions if _is_version(one))
        beside = [f"{one}.1" for one in good if _is_version(f"{one}.1")]
        all_ += [(name, chosen.choice(pool)) for pool in (good, beside) if pool]
    chosen.shuffle(all_)
    return sorted(set(all_[:most]))


def _is_version(text: str) -> bool:
    try:
        Version(text)
    except InvalidVersion:
        return False
    return True


def locks(several: list[Pair]) -> list[list[Pair]]:
    """Spread the pairs over locks, so that none has a package twice."""
    found: list[list[Pair]] = [[] for _ in range(LOCKS)]
    for pair in several:
        room = next((one for one in found if all(pair[0] != name for name, _ in one)), None)
        if room is not None:
            room.append(pair)
        found.sort(key=len)
    return found


def pylock(several: list[Pair]) -> str:
    lines = ['lock-version = "1.0"', 'created-by = "benchmark"']
    for name, version in several:
        file = f"{name}-{version}.tar.gz"
        digest = f'hashes = {{ sha256 = "{"0" * 64}" }}'
        lines += [
            "",
            "[[packages]]",
            f'name = "{name}"',
            f'version = "{version}"',
            f'sdist = {{ name = "{file}", url = "https://example.org/{file}", {digest} }}',
        ]
    return "\n".join(lines) + "\n"


@contextmanager
def serving(by_name: dict[str, list[dict[str, Any]]]) -> Iterator[str]:
    """Answer as osv.dev's query does, on loopback."""

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            name, version = asked["package"]["name"], asked["version"]
            vulns = [one for one in by_name.get(name, ()) if _holds(one, name, version)]
            body = json.dumps({"vulns": vulns} if vulns else {}).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1/query"
    finally:
        server.shutdown()


def _holds(record: dict[str, Any], name: str, version: str) -> bool:
    """Say whether a record holds: of its names only the one that is asked for, normalised."""
    return reference.is_vulnerable(("PyPI", name), version, _normalised(record), ORDERS)


def _normalised(record: dict[str, Any]) -> dict[str, Any]:
    def entry(one: dict[str, Any]) -> dict[str, Any]:
        package = one.get("package", {})
        name = str(canonicalize_name(package.get("name", "")))
        return {**one, "package": {**package, "name": name}}

    return {**record, "affected": [entry(one) for one in record["affected"]]}


def by_pip_audit(program: str, url: str, several: list[Pair], work: Path) -> dict[Pair, set[Found]]:
    asked = work / "requirements.txt"
    asked.write_text("".join(f"{name}=={version}\n" for name, version in several))
    command = [
        program, "-r", str(asked), "--no-deps", "--disable-pip", "-s", "osv", "--osv-url", url,
        "-f", "json", "--progress-spinner", "off", "--cache-dir", str(work / "cache"),
    ]  # fmt: skip
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if not done.stdout:
        raise SystemExit(f"pip-audit failed: {done.stderr[-2000:]}")
    found: dict[Pair, set[Found]] = {}
    for one in json.loads(done.stdout)["dependencies"]:
        if "skip_reason" in one:
            raise SystemExit(f"pip-audit left out {one['name']}: {one['skip_reason']}")
        found[one["name"], one["version"]] = {
            Found(frozenset({v["id"], *v["aliases"]}), frozenset(v["fix_versions"]))
            for v in one["vulns"]
        }
    return found


def by_peso(several: list[Pair], report: Scanned) -> tuple[dict[Pair, set[Found]], list[str]]:
    purls = {f"pkg:pypi/{name}@{version}": (name, version) for name, version in several}
    found: dict[Pair, set[Found]] = {pair: set() for pair in several}
    unknown = []
    for one in report.scan.findings:
        fixed = frozenset(getattr(one, "fixed", ()))
        witnesses = getattr(one, "witnesses", ())
        if any(witness.answer == "affected" for witness in witnesses):
            pair = purls[one.subject.replace("%2B", "+")]
            found[pair].add(Found(frozenset({one.rule, *one.aliases}), fixed))
        else:
            unknown.append(f"{one.subject} {one.rule}: {one.message}")
    return found, unknown


def compare(pair: Pair, ours: set[Found], theirs: set[Found]) -> Iterator[str]:
    """Give what differs: a vulnerability that only one names, or another version with a fix."""
    for one in ours:
        same = [other for other in theirs if one.ids & other.ids]
        if not same:
            yield f"{pair[0]} {pair[1]}: only PESO: {sorted(one.ids)}"
        listed = {Version(version) for other in same for version in other.fixed}
        if listed and {Version(version) for version in one.fixed} - listed:
            yield f"{pair[0]} {pair[1]}: {min(one.ids)}: fixed in {sorted(one.fixed)}?"
    for other in theirs:
        if not any(one.ids & other.ids for one in ours):
            yield f"{pair[0]} {pair[1]}: only pip-audit: {sorted(other.ids)}"


def more_fixes(pair: Pair, ours: set[Found], theirs: set[Found]) -> Iterator[str]:
    """Give the vulnerabilities for which only PESO names a version with a fix."""
    for one in ours:
        same = [other for other in theirs if one.ids & other.ids]
        if one.fixed and same and not any(other.fixed for other in same):
            yield f"{pair[0]} {pair[1]}: {min(one.ids)}: only PESO: {sorted(one.fixed)}"


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("archive", type=Path)
    parser.add_argument("program")
    parser.add_argument("--pairs", type=int, default=PAIRS)
    parser.add_argument("--report", type=Path)
    said = parser.parse_args()
    by_name = records(said.archive)
    apart: list[str] = []
    unknown: list[str] = []
    fixes: list[str] = []
    asked = vulnerable = ours_count = theirs_count = 0
    with tempfile.TemporaryDirectory() as folder, serving(by_name) as url:
        work = Path(folder)
        store = work / ".peso" / "advisories"
        made = import_advisories(said.archive, store, name="pypa", now=datetime.now(UTC))
        for several in locks(pairs(by_name, said.pairs)):
            file = work / "pylock.toml"
            file.write_text(pylock(several))
            ours, undecided = by_peso(several, peso.scan(file, folder=work))
            theirs = by_pip_audit(said.program, url, several, work)
            unknown += undecided
            asked += len(several)
            for pair in several:
                vulnerable += bool(theirs[pair])
                ours_count += len(ours[pair])
                theirs_count += len(theirs[pair])
                apart += compare(pair, ours[pair], theirs[pair])
                fixes += more_fixes(pair, ours[pair], theirs[pair])
    lines = [
        f"{made.records:,} records of {made.products:,} packages, as of {made.newest:%Y-%m-%d}.",
        f"{asked} pairs of package and version, {vulnerable} of them with a vulnerability.",
        (
            f"PESO names {ours_count} vulnerabilities, pip-audit {theirs_count}: records of one"
            " vulnerability are one finding of PESO's."
        ),
        f"Undecided by PESO: {len(unknown)}. Different: {len(apart)}.",
        f"Fixed versions that only PESO names: {len(fixes)}.",
    ]
    listed = [*apart, *unknown, *fixes]
    print("\n".join([*lines, *listed]))
    if said.report:
        title = "# Locked Python environments: PESO and pip-audit\n"
        how = (__doc__ or "").partition("of its own). ")[2]
        text = [title, *(f"- {line}" for line in lines), *(f"- {one}" for one in listed)]
        said.report.write_text("\n".join([*text, "", how.strip(), ""]))
    return 1 if apart else 0


if __name__ == "__main__":
    sys.exit(main())
