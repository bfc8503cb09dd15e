from __future__ import annotations

from dataclasses import replace

from tests.products.engines.spack.lock_files import course_of, lock_of, named

from peso.base.ledger import Blobs
from peso.products.engines.native import NativeLock
from peso.products.engines.spack.course import Course
from peso.products.engines.spack.events import Event


def phase(lock: NativeLock, name: str, text: str) -> Event:
    unit = named(lock, name)
    return Event(kind="phase", hash=unit.hash[:7], name=unit.name, version=unit.version, text=text)


def test_the_last_word_and_the_phase_before_it_are_kept(blobs: Blobs) -> None:
    lock = lock_of("broken", blobs)
    course = course_of("compile-failure", lock)
    heard = course.of(named(lock, "broken").hash)
    assert heard is not None
    assert (heard.kind, heard.phase, heard.cached) == ("failed", "install", False)
    assert heard.text.endswith(".log")
    assert course.of(named(lock, "middle").hash) is None
    assert not course.silent


def test_progress_counts_what_is_to_be_brought_about(blobs: Blobs) -> None:
    lock = lock_of("five", blobs)
    course = Course(lock)
    assert (course.progress("").done, course.progress("").total) == (0, 7)
    made = course_of("fetch-failure", lock).progress("at the end")
    assert (made.done, made.total, made.line) == (7, 7, "at the end")


def test_what_is_installed_counts_as_done(blobs: Blobs) -> None:
    lock = lock_of("broken", blobs)
    course = Course(lock, [named(lock, "good").hash, "of another lock"])
    told = course.hear(phase(lock, "slow", "build"), 1.0)
    assert told is not None
    assert (told.done, told.total, told.line) == (1, 6, "slow@1.0 build")


def test_the_time_begins_with_the_attempt_that_counts(blobs: Blobs) -> None:
    lock = lock_of("broken", blobs)
    course = Course(lock)
    for at, text in enumerate(("fetching from build cache", "no binary available")):
        course.hear(phase(lock, "slow", text), float(at))
    course.hear(phase(lock, "slow", "staging"), 100.0)
    course.hear(phase(lock, "slow", "install"), 101.0)
    course.hear(replace(phase(lock, "slow", "/store/slow"), kind="done"), 103.5)
    heard = course.of(named(lock, "slow").hash)
    assert heard is not None
    assert heard.seconds == 3.5


def test_a_line_that_fits_no_unit_is_nobodys(blobs: Blobs) -> None:
    lock = lock_of("broken", blobs)
    course = Course(lock)
    right = phase(lock, "slow", "build")
    wrong = (replace(right, hash="zzzzzzz"), replace(right, name="b"), replace(right, version="2"))
    assert [course.hear(event, 0.0) for event in wrong] == [None, None, None]
    assert course.silent


def test_of_two_that_fit_a_full_hash_decides(blobs: Blobs) -> None:
    lock = lock_of("broken", blobs)
    slow = named(lock, "slow")
    twin = slow.model_copy(update={"hash": slow.hash[:-1] + "2"})
    course = Course(lock.model_copy(update={"units": (*lock.units, twin)}))
    assert course.hear(phase(lock, "slow", "build"), 0.0) is None
    done = replace(phase(lock, "slow", f"/store/slow-1.0-{twin.hash}"), kind="done")
    assert course.hear(done, 1.0) is not None
    assert course.of(slow.hash) is None
    assert course.of(twin.hash) is not None
