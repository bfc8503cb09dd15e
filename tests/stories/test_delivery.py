"""From a stack definition to an installed copy, on a small real stack; and what goes otherwise.

Nothing is faked: uv resolves from an index on loopback, wheels are fetched, installed and tested,
real keys sign, and the commands that the page prints are run as they are written.
"""

from __future__ import annotations

import html
import json
import re
import subprocess
import sys
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from tests.loopback_index import LoopbackIndex
from tests.stories.conftest import POLICY, TinyStack

import peso
from peso.services.pipeline import Delivery, Event

STEPS = ["plan", "build", "relocate", "test", "inventory", "scan", "gate", "attest", "publish"]


def _did(done: Delivery) -> dict[str, str]:
    return {step.step: step.did for step in done.steps}


def test_one_command_delivers_and_another_proves_and_installs(tiny_stack: TinyStack) -> None:
    done = peso.deliver(tiny_stack.file)
    report = peso.verify("public", root="public.root.json", unsafe_development_keys=True)
    receipt = peso.install(
        "public", "prefix", root="public.root.json", unsafe_development_keys=True
    )

    assert _did(done) == dict.fromkeys(STEPS, "ran")
    assert [release.version for release in report.releases] == ["1.0"]
    installed = Path(receipt.prefix)
    said = subprocess.run(
        [installed / "bin" / "python", installed / "share/peso/tiny/tests/answer.py"],
        capture_output=True,
        text=True,
        check=True,
        cwd=installed,
    )
    assert said.stdout.splitlines() == ["answer=42", "error=0"]


def test_a_second_delivery_reuses_everything_and_starts_no_process(tiny_stack: TinyStack) -> None:
    peso.deliver(tiny_stack.file)
    program = (
        "import sys, peso\n"
        "def watch(event, arguments):\n"
        "    if event in {'subprocess.Popen', 'os.posix_spawn', 'os.fork', 'os.exec'}:\n"
        "        raise RuntimeError(f'{event} {arguments}')\n"
        "sys.addaudithook(watch)\n"
        "print({step.did for step in peso.deliver(sys.argv[1]).steps})\n"
    )

    again = subprocess.run(
        [sys.executable, "-c", program, str(tiny_stack.file)],
        capture_output=True,
        text=True,
        check=False,
    )

    assert again.stdout == "{'reused'}\n", again.stderr


def test_what_changed_is_done_again_and_said(tiny_stack: TinyStack) -> None:
    peso.deliver(tiny_stack.file)
    test = tiny_stack.folder / "tests" / "answer.py"
    test.write_text(test.read_text() + "print('more=1')\n")
    tiny_stack.say_version("1.1")

    foreseen = {step.step: step for step in peso.explain_steps(tiny_stack.file)}
    done = peso.deliver(tiny_stack.file)

    why = {step.step: step.why for step in done.steps}
    assert _did(done)["plan"] == _did(done)["build"] == "reused"
    assert _did(done)["test"] == "ran"
    assert "tests/answer.py changed" in why["test"]
    assert foreseen["test"].now == "would run"
    assert foreseen["publish"].now == "follows"
    assert peso.explain_steps(tiny_stack.file)[2].last == done.steps[2]


def test_a_changed_release_needs_a_new_version(tiny_stack: TinyStack) -> None:
    peso.deliver(tiny_stack.file)
    test = tiny_stack.folder / "tests" / "answer.py"
    test.write_text(test.read_text() + "print('more=1')\n")

    with pytest.raises(peso.Refused, match="raise `version:`"):
        peso.deliver(tiny_stack.file)
    assert peso.verify("public", root="public.root.json", unsafe_development_keys=True).releases


def test_a_test_that_fails_stops_the_release_and_is_run_again(tiny_stack: TinyStack) -> None:
    test = tiny_stack.folder / "tests" / "answer.py"
    good = test.read_text()
    test.write_text("print('answer=41')\nprint('error=1')\n")

    with pytest.raises(peso.Refused) as refused:
        peso.deliver(tiny_stack.file)
    assert refused.value.reason is peso.Reason.POLICY
    assert "tests" in refused.value.message
    assert not tiny_stack.publication.exists()

    test.write_text(good)
    assert _did(peso.deliver(tiny_stack.file))["test"] == "ran"


def test_a_policy_that_asks_for_advisories_is_not_met_without(tiny_stack: TinyStack) -> None:
    policy = tiny_stack.folder / "policies" / "lenient.yaml"
    policy.write_text(POLICY.replace(", without_sources: accept", ""))

    with pytest.raises(peso.Refused) as refused:
        peso.deliver(tiny_stack.file)

    assert refused.value.reason is peso.Reason.POLICY
    assert "unknown" in refused.value.message


def test_an_advisory_on_a_product_stops_the_release_until_it_is_waived(
    tiny_stack: TinyStack, tmp_path: Path
) -> None:
    advisories = tmp_path / "osv"
    advisories.mkdir()
    record = {
        "schema_version": "1.7.0",
        "id": "TEST-2026-1",
        "aliases": ["CVE-2026-99999"],
        "modified": "2026-11-01T00:00:00Z",
        "summary": "beta halves the wrong thing",
        "severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}],
        "affected": [
            {
                "package": {"ecosystem": "PyPI", "name": "beta"},
                "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}]}],
            }
        ],
    }
    (advisories / "TEST-2026-1.json").write_text(json.dumps(record))
    peso.import_advisories(advisories, name="ours", folder=tiny_stack.folder)

    with pytest.raises(peso.Refused, match="findings"):
        peso.deliver(tiny_stack.file)
    policy = tiny_stack.folder / "policies" / "lenient.yaml"
    waiver = (
        "waivers:\n  - {rule: CVE-2026-99999, subject: pkg:pypi/beta, owner: Ada, "
        "reason: not reachable, expires: 2099-01-01T00:00:00Z}\n"
    )
    policy.write_text(policy.read_text() + waiver)
    done = peso.deliver(tiny_stack.file)

    assert done.verdict is not None
    assert [waived.owner for waived in done.verdict.waived] == ["Ada"]
    page = (tiny_stack.publication / "releases/testing/tiny-1.0.html").read_text()
    assert "TEST-2026-1" in page
    assert "not reachable" in page


def test_the_commands_of_the_page_work_as_written(tiny_stack: TinyStack, tmp_path: Path) -> None:
    peso.deliver(tiny_stack.file)
    page = (tiny_stack.publication / "releases/testing/tiny-1.0.html").read_text()
    commands = {
        name: html.unescape(re.sub(r"<[^>]+>", "", text)).strip()
        for name, text in re.findall(
            r'<pre data-peso-command="(\w+)"><code>(.*?)</code>', page, re.DOTALL
        )
    }
    program = f"#!{sys.executable}\nfrom peso.cli.main import main\nmain()\n"
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "peso").write_text(program)
    (tmp_path / "bin" / "peso").chmod(0o755)
    environment = {**tiny_stack.environment}
    environment["PATH"] = f"{tmp_path / 'bin'}:{environment['PATH']}"

    assert list(commands) == ["digest", "verify", "install", "use", "pin"]
    for command in commands.values():
        done = subprocess.run(
            ["/bin/sh", "-c", command],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, (command, done.stdout, done.stderr)


def test_a_facility_verifies_and_installs_over_http(tiny_stack: TinyStack) -> None:
    peso.deliver(tiny_stack.file)
    handler = partial(_Quiet, directory=str(tiny_stack.folder.parent))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        url = f"http://127.0.0.1:{server.server_address[1]}/public/"
        report = peso.verify(url, root="public.root.json", unsafe_development_keys=True)
        receipt = peso.install(url, "prefix", root="public.root.json", unsafe_development_keys=True)
        server.shutdown()

    assert report.not_looked_at
    assert (Path(receipt.prefix) / "bin" / "python").exists()


def test_installing_reaches_no_network(tiny_stack: TinyStack) -> None:
    peso.deliver(tiny_stack.file)
    alone = ["unshare", "--net", "--map-root-user"]
    if subprocess.run([*alone, "true"], check=False, capture_output=True).returncode:
        pytest.skip("this machine does not let a test unshare its network")
    program = [sys.executable, "-c", "from peso.cli.main import main; main()"]
    arguments = ["install", "public", "--prefix", "prefix", "--root", "public.root.json"]

    done = subprocess.run(
        [*alone, *program, *arguments, "--unsafe-development-keys"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr


def test_progress_tells_every_step_in_order(tiny_stack: TinyStack) -> None:
    events: list[Event] = []

    peso.deliver(tiny_stack.file, observer=events.append)

    started = [event.step for event in events if event.did == "started"]
    assert started == STEPS
    assert any(event.did == "progress" and event.step == "test" for event in events)
    assert {event.of for event in events} == {len(STEPS)}


def test_upgrade_moves_the_constraints(tiny_stack: TinyStack, tiny_index: LoopbackIndex) -> None:
    peso.deliver(tiny_stack.file)
    tiny_index.add_wheel("beta", "2.5", license="MIT", files={"beta.py": "HALF = 21\n"})
    tiny_stack.say_version("1.1")

    same = peso.deliver(tiny_stack.file, until="plan")
    moved = peso.deliver(tiny_stack.file, upgrade=True)

    assert _did(same)["plan"] == "reused"
    assert "constraints.txt changed" in moved.steps[0].why
    assert "beta==2.5" in (tiny_stack.folder / "constraints.txt").read_text()
    assert _did(peso.deliver(tiny_stack.file)) == dict.fromkeys(STEPS, "reused")


def test_nothing_shipped_names_the_index(tiny_stack: TinyStack, tiny_index: LoopbackIndex) -> None:
    peso.deliver(tiny_stack.file)

    files = [path for path in tiny_stack.publication.rglob("*") if path.is_file()]
    assert [path for path in files if tiny_index.origin.encode() in path.read_bytes()] == []


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
        """Say nothing."""


def test_a_rotated_key_is_taken_up_and_a_facility_follows(tiny_stack: TinyStack) -> None:
    peso.deliver(tiny_stack.file)
    sha256 = peso.show_keys(folder=tiny_stack.folder).root_sha256
    peso.pin_root("public.root.json", sha256)
    peso.verify("public", unsafe_development_keys=True)

    for role, step, why in (
        ("timestamp", "publish", "a key was rotated since it was signed"),
        ("testing", "attest", "key of the channel changed"),
        ("root-1", "publish", "a key was rotated since it was signed"),
    ):
        peso.rotate_key(role, folder=tiny_stack.folder)
        done = peso.deliver(tiny_stack.file)
        assert {one.step: one.why for one in done.steps}[step] == why
        assert peso.verify("public", unsafe_development_keys=True).root_sha256 == sha256
    assert _did(peso.deliver(tiny_stack.file))["publish"] == "reused"


def test_a_key_that_is_rotated_before_the_release_is_published_signs_it_anew(
    tiny_stack: TinyStack,
) -> None:
    peso.deliver(tiny_stack.file, until="attest")
    peso.rotate_key("testing", folder=tiny_stack.folder)

    done = peso.deliver(tiny_stack.file)

    assert _did(done)["attest"] == "ran"
    assert peso.verify("public", root="public.root.json", unsafe_development_keys=True).ok


def test_an_organization_with_keys_of_its_own(
    tiny_stack: TinyStack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    peso.init(tiny_stack.folder)
    settings = tiny_stack.folder / "peso.yaml"
    settings.write_text(settings.read_text() + f"keys: {tmp_path / 'keys'}\n")
    passphrase = tmp_path / "passphrase"
    passphrase.write_text("correct horse battery staple\n")
    passphrase.chmod(0o600)
    with pytest.raises(peso.BadInput, match="passphrase"):
        peso.init_keys(folder=tiny_stack.folder)
    monkeypatch.setenv("PESO_PASSPHRASE_FILE", str(passphrase))

    shown = peso.init_keys(folder=tiny_stack.folder)
    peso.deliver(tiny_stack.file)
    peso.pin_root("public.root.json", shown.root_sha256)
    monkeypatch.delenv("PESO_PASSPHRASE_FILE")

    assert not peso.verify("public").development
    assert _did(peso.deliver(tiny_stack.file)) == dict.fromkeys(STEPS, "reused")
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "keys").glob("*.pem")} == {0o600}
    secret = passphrase.read_bytes().strip()
    kept = [path for path in tiny_stack.folder.rglob("*") if path.is_file()]
    assert [path for path in kept if secret in path.read_bytes()] == []
