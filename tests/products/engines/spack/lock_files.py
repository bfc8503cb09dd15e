"""Native locks out of recorded lock files of Spack, and what its installer was recorded to say."""

from __future__ import annotations

from pathlib import Path

from peso.base.ledger import Blobs
from peso.products.engines.files import Artifact
from peso.products.engines.native import Checkout, NativeLock, NativeUnit
from peso.products.engines.spack.course import Course
from peso.products.engines.spack.distribution import NoDistribution
from peso.products.engines.spack.events import LastWords, Stream, last_words
from peso.products.engines.spack.facts import NoRecipes
from peso.products.engines.spack.lockfile import read_lock

DATA = Path(__file__).with_name("data") / "installs"
EMPTY = "spack: {specs: [], view: false}\n"


def lock_of(name: str, blobs: Blobs, *, settings: str = "{}", yaml: str = EMPTY) -> NativeLock:
    """Return the lock of a recorded lock file; its files are in the store afterwards."""
    document = (DATA / f"{name}.lock").read_bytes()
    read = read_lock(
        document,
        where=name,
        recipes=NoRecipes("this test does not read it"),
        packages=NoDistribution("this test does not read it"),
    )
    return NativeLock(
        part="native",
        requires=read.requires,
        units=read.units,
        roots=read.roots,
        checkouts=(Checkout(name="spack", version="1.1.0", commit="c0ffee"),),
        document=_put(blobs, "native/spack.lock", document),
        environment=(_put(blobs, "spack.yaml", yaml.encode()),),
        settings=_put(blobs, "settings.yaml", settings.encode()),
        tool="spack 1.1.0",
    )


def output_of(name: str) -> bytes:
    """Return what Spack's installer said on standard output."""
    return (DATA / f"{name}.out").read_bytes()


def errors_of(name: str) -> str:
    """Return what Spack's installer said on standard error."""
    return (DATA / f"{name}.err").read_text()


def course_of(name: str, lock: NativeLock) -> Course:
    """Return the course of a recorded build; a second passes with each line."""
    course = Course(lock)
    for at, event in enumerate(Stream().feed(output_of(name))):
        course.hear(event, float(at))
    return course


def words_of(name: str) -> LastWords:
    """Return the last words of a recorded build."""
    return last_words(errors_of(name))


def named(lock: NativeLock, name: str, version: str = "") -> NativeUnit:
    """Return the unit of a name, which the lock holds once, or once in that version."""
    found = [one for one in lock.units if one.name == name and version in {"", one.version}]
    assert len(found) == 1
    return found[0]


def _put(blobs: Blobs, path: str, data: bytes) -> Artifact:
    sha256, length = blobs.put(data)
    return Artifact(role="lock", path=path, media_type="text/plain", length=length, sha256=sha256)
