"""The dependency audit: what is installed here, against known vulnerabilities; part of `make test`.

Twice. Against PyPA's advisories beside the checkout, by PESO's own matcher, without a network: as
good as those are recent. And against the advisory source of PyPI, by pip-audit, where that can be
asked: it is asked about a package with known vulnerabilities too, and where it does not know those,
nothing was asked, and the test is skipped with the reason. With PESO_AUDIT=must (`make audit`) that
is a failure.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from importlib.metadata import distributions
from pathlib import Path
from shutil import which
from sysconfig import get_path
from typing import Any, Final

import pytest
from packageurl import PackageURL
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import peso

ADVISORIES: Final = Path(__file__).parents[2] / "shared" / "data" / "advisories" / "pypa-osv.zip"
KNOWN_BAD: Final = ("pycrypto", "2.6.1")
"""CVE-2013-7459, CVE-2018-6594: never mended. Who does not know these knows nothing."""

MAKERS: Final = {"pip", "setuptools", "wheel"}
"""What an environment is made with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Excepted:
    """A vulnerability that is known, and does not stop us until a day."""

    package: str
    until: date
    reason: str


EXCEPTED: Final[dict[str, Excepted]] = {}
"""By the id of the advisory, or an alias of it."""


def installed() -> dict[str, str]:
    """Return what is installed here, name and version: all but PESO itself.

    What an environment is made with is left out where nothing that is installed asks for it: it
    comes with the Python that made the environment, and PESO brings it to nobody.
    """
    there = {
        str(canonicalize_name(one.metadata["Name"])): one
        for one in distributions(path=[get_path("purelib"), get_path("platlib")])
    }
    needs = [Requirement(line) for one in there.values() for line in one.requires or ()]
    asked = {
        str(canonicalize_name(one.name))
        for one in needs
        if one.marker is None or one.marker.evaluate({"extra": ""})
    }
    left_out = (MAKERS - asked) | {"peso"}
    return {name: one.version for name, one in sorted(there.items()) if name not in left_out}


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A vulnerability of what is installed."""

    package: str
    version: str
    ids: frozenset[str]
    """The advisory's, and its aliases."""

    def excepted(self, today: date) -> bool:
        """Say whether it does not stop us today."""
        several = (EXCEPTED[one] for one in self.ids if one in EXCEPTED)
        return any(one.package == self.package and today <= one.until for one in several)


def judged(found: Iterable[Found], today: date) -> list[str]:
    """Return what is wrong: what is found and not excepted, and exceptions that are over."""
    wrong = [
        f"{one.package} {one.version}: {', '.join(sorted(one.ids))}"
        for one in found
        if not one.excepted(today)
    ]
    return wrong + [
        f"the exception for {one} of {it.package} ended on {it.until}"
        for one, it in EXCEPTED.items()
        if it.until < today
    ]


def _scanned(packages: Mapping[str, str], folder: Path) -> Any:  # noqa: ANN401 - a scan
    """Return what PESO says of packages, by the advisories in a folder."""
    components = [
        {
            "type": "library",
            "name": name,
            "version": version,
            "purl": PackageURL("pypi", None, name, version).to_string(),
        }
        for name, version in sorted(packages.items())
    ]
    bom = {"bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1, "components": components}
    file = folder / "installed.cdx.json"
    file.write_text(json.dumps(bom))
    return peso.scan(file, folder=folder)


@pytest.mark.shared_data
def test_by_our_own_matcher_and_the_advisories_at_hand(tmp_path: Path) -> None:
    if not ADVISORIES.is_file():
        pytest.skip(f"NOT AUDITED WITHOUT A NETWORK: {ADVISORIES} is not there")
    source = peso.import_advisories(ADVISORIES, folder=tmp_path)
    assert _scanned(dict([KNOWN_BAD]), tmp_path).scan.findings
    ours = installed()
    assert {"django", "cryptography", "tuf", "pytest"} <= set(ours)

    done = _scanned(ours, tmp_path)

    assert (done.components, done.unidentified, done.missing) == (len(ours), 0, 0)
    assert done.covered > 10
    found = [
        Found(
            package=PackageURL.from_string(one.subject).name,
            version=PackageURL.from_string(one.subject).version or "",
            ids=frozenset((one.rule, *(seen.record for seen in one.witnesses))),
        )
        for one in done.scan.findings
    ]
    assert judged(found, datetime.now(UTC).date()) == [], f"by advisories as of {source.newest}"


@pytest.mark.timeout(300)
def test_by_pip_audit_where_its_source_can_be_asked(tmp_path: Path) -> None:
    ours = installed()
    told, why = _pip_audit({**ours, KNOWN_BAD[0]: KNOWN_BAD[1]}, tmp_path)
    by = {str(canonicalize_name(one["name"])): one for one in told}
    bad = by.pop(KNOWN_BAD[0], {})
    if not bad.get("vulns"):
        said = why or bad.get("skip_reason") or "it names no vulnerability"
        _not_asked(f"NOT AUDITED AT THE SOURCE, which does not know {KNOWN_BAD[0]}: {said}")
    assert {name: one["skip_reason"] for name, one in by.items() if "skip_reason" in one} == {}
    assert set(by) == set(ours)
    found = [
        Found(package=name, version=one["version"], ids=frozenset((seen["id"], *seen["aliases"])))
        for name, one in by.items()
        for seen in one["vulns"]
    ]
    assert judged(found, datetime.now(UTC).date()) == []


def _pip_audit(packages: Mapping[str, str], folder: Path) -> tuple[list[dict[str, Any]], str]:
    """Return what pip-audit says of each package, or nothing, and why."""
    uv = which("uv", path=os.pathsep.join((get_path("scripts"), os.environ.get("PATH", ""))))
    if uv is None:
        return [], "there is no uv"
    asked = folder / "requirements.txt"
    asked.write_text("".join(f"{name}=={version}\n" for name, version in packages.items()))
    argv = ["tool", "run", "--quiet", "pip-audit", "--requirement", str(asked), "--no-deps"]
    argv += ["--disable-pip", "--format", "json", "--progress-spinner", "off", "--timeout", "10"]
    try:
        done = subprocess.run(
            [uv, *argv], capture_output=True, text=True, check=False, timeout=240, cwd=folder
        )
        said = json.loads(done.stdout)["dependencies"]
    except subprocess.TimeoutExpired:
        return [], "it did not answer for four minutes"
    except (ValueError, KeyError):
        lines = [line for line in done.stderr.splitlines() if line.strip()]
        return [], lines[-1][:300] if lines else f"pip-audit ended with {done.returncode}"
    return said, ""


def _not_asked(why: str) -> None:
    if os.environ.get("PESO_AUDIT") == "must":
        pytest.fail(why)
    pytest.skip(why)


def test_an_exception_is_for_one_package_and_until_its_day(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    day = date(2028, 2, 29)
    told = [
        Found(package="alpha", version="1.0", ids=frozenset({"PYSEC-1", "CVE-1"})),
        Found(package="beta", version="2.0", ids=frozenset({"PYSEC-1"})),
    ]
    assert judged(told, day) == ["alpha 1.0: CVE-1, PYSEC-1", "beta 2.0: PYSEC-1"]
    one = Excepted(package="alpha", until=day, reason="its part is not used")
    monkeypatch.setitem(EXCEPTED, "CVE-1", one)
    assert judged(told, day) == ["beta 2.0: PYSEC-1"]
    over = judged((), date(2028, 3, 1))
    assert over == ["the exception for CVE-1 of alpha ended on 2028-02-29"]
