"""A quarter: needs are raised, merged, endorsed, ranked, frozen, refused, delivered, answered."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

import peso
from peso.partnerships.needs.record import Held

ORGANIZATIONS = ("elm:member", "cedar:member", "dune:member", "north:facility", "south:facility")
SHA = "cd" * 32
SURVEY = "statement,kind,visibility,organization,organization_kind,colour\n" + "".join(
    f"I need thing {at},feature,public,Elm,member,red\n" for at in range(7)
)


def _peso(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    program = "from peso.cli.main import main; main()"
    return subprocess.run(
        [sys.executable, "-c", program, "need", *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=cwd,
    )


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    peso.init(tmp_path / "house")
    return tmp_path / "house"


def _add(house: Path, statement: str, visibility: str = "public", organization: str = "") -> Held:
    return peso.add_need(
        statement, visibility=visibility, organization=organization, kind="feature", folder=house
    )


def test_a_quarter(house: Path) -> None:  # noqa: PLR0915 - one tale
    survey = house / "survey.csv"
    survey.write_text(SURVEY)
    taken = peso.import_needs(survey, folder=house)
    wanted = _add(house, "HDF5 with MPI on GPUs", organization="north:facility")
    same = _add(house, "HDF5 built with MPI for GPUs")  # a visitor, of no organization
    quiet = _add(house, "a secret plan of elm", "member:elm", "elm:member")
    again = _add(house, "GPU builds of HDF5 with MPI for us", "federation", "cedar:member")
    no = _add(house, "a compiler of our own", organization="dune:member")
    assert len(peso.list_needs(folder=house).needs) == 12
    assert [one.message for one in taken.not_understood] == [
        "nobody knows the column 'colour'; its cells are kept"
    ]
    assert len(peso.import_needs(survey, folder=house).known) == 7

    pairs = peso.list_needs(duplicates=True, folder=house).alike
    assert {wanted.id, same.id} in [{one.one, one.other} for one in pairs]
    peso.merge_needs(same.id, wanted.id, reason="the same", folder=house)
    peso.merge_needs(again.id, wanted.id, folder=house)
    with pytest.raises(peso.Refused, match="fewer may see"):
        peso.merge_needs(no.id, quiet.id, folder=house)

    for who in ORGANIZATIONS[:4]:
        peso.endorse_need(wanted.id, who, level="blocking", folder=house)
    peso.endorse_need(again.id, "south:facility", folder=house)
    peso.endorse_need(quiet.id, "elm:member", folder=house, offers=5)
    with pytest.raises(peso.Refused, match="already"):
        peso.endorse_need(wanted.id, "elm:member", level="useful", folder=house)

    ranking = peso.rank_needs(viewer="public", folder=house)
    assert ranking.needs[0].id == wanted.id
    assert len(ranking.needs) == 9  # twelve, less two that were merged, less the secret one
    frozen = peso.freeze_needs(house / "r1", on=date(2026, 11, 26), folder=house)
    told = Path(frozen.snapshot).read_text() + Path(frozen.export).read_text()
    assert not any(text in told for text in (quiet.id, "secret", again.id, "south", '"by":"root'))
    checked = _peso("rank", "--snapshot", frozen.snapshot, "--check", frozen.export, cwd=house)
    assert checked.returncode == 0, checked.stderr
    assert "bit for bit" in checked.stdout

    with pytest.raises(peso.Refused, match="needs a reason"):
        peso.decide_need(no.id, "refused", folder=house)
    peso.decide_need(no.id, "refused", reason="there are enough", folder=house)
    for status in ("acknowledged", "accepted", "in-progress"):
        peso.decide_need(wanted.id, status, folder=house)
    with pytest.raises(peso.Refused, match="nothing that carries it"):
        peso.decide_need(wanted.id, "delivered", folder=house)
    peso.link_need(wanted.id, "release", "hpc 26.11", sha256=SHA, folder=house)
    peso.decide_need(wanted.id, "delivered", folder=house)
    done = peso.answer_need(wanted.id, "It is in hpc 26.11.", folder=house)
    assert done.status == "answered"
    assert done.answers[0].to == ("cedar", "dune", "elm", "north")
    assert peso.show_need(again.id, folder=house).held.answers[0].to == ("cedar", "south")
    peso.check_need(wanted.id, "north:facility", "yes", note="twice as fast", folder=house)

    text = peso.needs_done(folder=house).text
    assert "HDF5 with MPI on GPUs" in text
    assert "there are enough" in text
    assert "twice as fast" in text
    assert "south" not in text
    brief = peso.needs_brief("south", folder=house).text
    assert (
        f"(`{again.id}`, new, federation only): answered, with `{wanted.id}`: It is in hpc 26.11."
        in brief
    )
    second = peso.freeze_needs(house / "r2", on=date(2026, 12, 1), folder=house)
    moved = peso.compare_needs(frozen.snapshot, second.snapshot)
    assert {one.id for one in moved.went} == {wanted.id, no.id}
    assert (
        "Moved since"
        in peso.needs_agenda(
            viewer="public", since=frozen.snapshot, on=date(2026, 12, 1), folder=house
        ).text
    )


def test_the_commands_say_what_the_api_says(house: Path) -> None:
    def said(*arguments: str) -> dict[str, object]:
        done = _peso(*arguments, "--json", cwd=house)
        assert done.returncode == 0, done.stdout + done.stderr
        found = json.loads(done.stdout)
        assert isinstance(found, dict)
        return found

    one = said("add", "a solver for GPUs", "--for", "public", "--severity", "blocking")["need"]
    two = said("add", "a GPU solver", "--for", "public")["need"]
    assert isinstance(one, dict)
    assert isinstance(two, dict)
    said("endorse", one["id"], "elm:member", "--level", "blocking", "--offers", "3")
    said("revise", one["id"], "--reason", "asked", "--effort", "5", "9", "--estimated-by", "lead")
    said("merge", two["id"], one["id"])
    assert said("unmerge", two["id"])["merged_into"] is None
    assert said("choose", "20")["cost"] == 9
    assert said("show", one["id"])["supporters"]
    for words in (
        ("list", "--duplicates"),
        ("show", one["id"]),
        ("rank", "--weight", "reach=0"),
        ("choose", "20"),
        ("agenda",),
        ("brief", "elm"),
        ("done",),
        ("export",),
        ("snapshot", "s1"),
        ("snapshot", "s2", "--weight", "members=9"),
        ("compare", "s1/snapshot.json", "s2/snapshot.json"),
        ("decide", one["id"], "acknowledged"),
        ("link", one["id"], "issue", "https://example.org/1"),
        ("answer", one["id"], "soon"),
    ):
        done = _peso(*words, cwd=house)
        assert done.returncode == 0, (words, done.stdout, done.stderr)
        assert done.stdout.strip()


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("show", "n-0000000000"), 2, "there is no need"),
        (("add", "x", "--for", "everybody"), 2, "visibility"),
        (("add", "x", "--organization", "elm"), 2, "none of member, facility, other"),
        (("rank", "--weight", "luck=3"), 2, "there is no term 'luck'"),
        (("rank", "--weight", "reach=much"), 2, "is no weight"),
        (("rank", "--snapshot", "s"), 2, "go together"),
        (("list", "--as", "Nobody Here"), 2, "is nobody"),
        (("import", "none.csv"), 3, "no such file"),
        (("choose", "0"), 2, "one person-day"),
    ],
)
def test_what_is_wrong_is_said(
    house: Path, arguments: tuple[str, ...], code: int, message: str
) -> None:
    done = _peso(*arguments, cwd=house)

    assert done.returncode == code, done.stderr
    assert message in done.stderr
    assert "Traceback" not in done.stderr
