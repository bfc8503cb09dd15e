"""Whose word a manifest is: only gpg's status decides, and only the keyring's keys count."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from tests.spack_cache_files import BASE, CACHES, manifest_file, manifest_of

from peso.base.finding import Outcome
from peso.errors import BadInput, Outside, Reason
from peso.services.delivery.audit import signed
from peso.services.delivery.audit.facts import Fact, Looked, Question
from peso.services.delivery.audit.signed import Verifier, judge_signatures

GPG = shutil.which("gpg")
needs_gpg = pytest.mark.skipif(GPG is None, reason="no gpg on this machine")
FAKE = """\
#!/bin/sh
for last; do :; done
case "$*" in *--import*) echo "[GNUPG:] IMPORT_OK 1 AB"; exit 0;; esac
echo "not a status line"
echo "[GNUPG:] FILE_START 1 $last"
{lines}
echo "[GNUPG:] FILE_DONE"
exit 1
"""


def unit(cache: str = "whole", data: bytes | None = None) -> Looked:
    manifest = manifest_of(cache, "tiny-base")
    return Looked(
        path="p",
        hash=BASE,
        name="tiny-base",
        version="1.1",
        archive=manifest.archive.sha256,
        signatures=manifest.signatures,
        signed=data or manifest_file(cache, "tiny-base").read_bytes(),
    )


def judged(
    one: Looked, *, keyring: str | None = "publisher.asc", gpg: str | Path | None = GPG
) -> Fact:
    verifier = Verifier(
        gpg=Path(gpg) if gpg else None,
        environment={"PATH": os.environ["PATH"]},
        keyring=CACHES / keyring if keyring else None,
    )
    judge_signatures([one], verifier)
    return one.facts[Question.SIGNED]


def fake(folder: Path, *status: str) -> Path:
    path = folder / "gpg"
    path.write_text(FAKE.format(lines="\n".join(f'echo "[GNUPG:] {one}"' for one in status)))
    path.chmod(0o755)
    return path


@needs_gpg
def test_a_good_signature_by_a_key_of_the_keyring() -> None:
    one = unit()
    assert judged(one).outcome is Outcome.PASS
    assert not one.signed


@needs_gpg
def test_many_are_verified_in_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signed, "_BATCH", 2)
    units = [unit(), unit("signed-by-unknown-key"), unit(), unit("unsigned"), unit()]
    keyring = CACHES / "publisher.asc"
    verifier = Verifier(gpg=Path(GPG or ""), environment=os.environ, keyring=keyring)
    judge_signatures(units, verifier)
    outcomes = [one.facts[Question.SIGNED].outcome.value for one in units]
    assert outcomes == ["pass", "fail", "pass", "fail", "pass"]


@needs_gpg
def test_another_key_is_no_signer() -> None:
    found = judged(unit("signed-by-unknown-key"))
    assert found.reason is Reason.UNKNOWN_SIGNER
    assert judged(unit("signed-by-unknown-key"), keyring="stranger.asc").outcome is Outcome.PASS


@needs_gpg
def test_a_signature_over_other_words_is_wrong() -> None:
    data = manifest_file("whole", "tiny-base").read_bytes()
    found = judged(unit(data=data.replace(b'"contentLength":3', b'"contentLength":4')))
    assert found.reason is Reason.CHANGED


@needs_gpg
def test_a_file_without_keys_is_wrong_use(tmp_path: Path) -> None:
    empty = tmp_path / "keys"
    empty.write_text("nothing")
    with pytest.raises(BadInput, match="no public key"):
        judged(unit(), keyring=str(empty))
    with pytest.raises(Outside):
        judged(unit(), keyring=str(tmp_path / "missing"))


def test_without_a_keyring_nobody_verified_it() -> None:
    assert "no keyring was given" in judged(unit(), keyring=None).why
    assert "unsigned" in judged(unit("unsigned"), keyring=None).why


def test_without_gpg_nobody_verified_it() -> None:
    found = judged(unit(), gpg=None)
    assert (found.outcome, "no gpg" in found.why) == (Outcome.UNKNOWN, True)
    assert judged(unit("unsigned"), gpg=None).reason is Reason.UNKNOWN_SIGNER


def test_what_has_no_manifest_has_no_signer() -> None:
    one = Looked(path="p", hash="h", name="n", version="1")
    verifier = Verifier(gpg=None, environment={}, keyring=None)
    judge_signatures([one], verifier)
    assert one.facts == {}


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (("GOODSIG A", "VALIDSIG A"), None),
        (("GOODSIG A", "VALIDSIG A", "BADSIG B"), Reason.CHANGED),
        (("GOODSIG A",), Reason.CHANGED),
        (("VALIDSIG A",), Reason.CHANGED),
        ((), Reason.CHANGED),
        (("EXPKEYSIG A", "VALIDSIG A"), Reason.EXPIRED),
        (("EXPSIG A", "VALIDSIG A"), Reason.EXPIRED),
        (("REVKEYSIG A", "VALIDSIG A"), Reason.UNKNOWN_SIGNER),
        (("ERRSIG A", "NO_PUBKEY A"), Reason.UNKNOWN_SIGNER),
        (("GOODSIG A", "VALIDSIG A", "GOODSIG B", "VALIDSIG B"), Reason.CHANGED),
    ],
)
def test_what_gpg_says_decides(
    tmp_path: Path, status: tuple[str, ...], reason: Reason | None
) -> None:
    found = judged(unit(), gpg=fake(tmp_path, *status))
    assert found.reason is reason
    assert (found.outcome is Outcome.PASS) is (reason is None)


def test_a_gpg_that_says_nothing_proves_nothing(tmp_path: Path) -> None:
    silent = tmp_path / "gpg"
    silent.write_text('#!/bin/sh\ncase "$*" in *--import*) echo "[GNUPG:] IMPORT_OK 1 A";; esac\n')
    silent.chmod(0o755)
    assert judged(unit(), gpg=silent).reason is Reason.CHANGED


def test_a_gpg_that_does_not_start_is_outside(tmp_path: Path) -> None:
    with pytest.raises(Outside, match="gpg"):
        judged(unit(), gpg=tmp_path / "none")
