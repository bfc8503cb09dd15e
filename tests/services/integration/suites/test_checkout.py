"""A commit as a tree of files: what is laid out, and what is refused."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from tests.services.integration.suites.world import commit, git

from peso.errors import BadInput, Refused
from peso.services.integration.suites import checkout
from peso.services.integration.suites.checkout import Tree, read_tree


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    return tmp_path / "repository"


def tree(repository: Path, **files: str) -> Tree:
    named = {name.replace("__", "/"): text for name, text in files.items()}
    return read_tree(repository, commit(repository, {"plain": "text", **named}))


def laid(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): path.read_text()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_files_and_folders_are_laid_out_as_the_commit_has_them(
    repository: Path, tmp_path: Path
) -> None:
    found = tree(repository, a__run="1", a__b__c="2", other="3")
    (repository / "a" / "run").write_text("changed since")
    found.lay(["a", "plain"], tmp_path / "out")
    assert laid(tmp_path / "out") == {"a/b/c": "2", "a/run": "1", "plain": "text"}


def test_an_earlier_commit_and_a_bare_repository_do_as_well(
    repository: Path, tmp_path: Path
) -> None:
    first = commit(repository, {"a": "old"})
    commit(repository, {"a": "new"})
    bare = tmp_path / "bare.git"
    subprocess.run(["git", "clone", "-q", "--bare", repository, bare], check=True)
    read_tree(bare, first).lay(["a"], tmp_path / "out")
    assert laid(tmp_path / "out") == {"a": "old"}


def test_programs_stay_programs(repository: Path, tmp_path: Path) -> None:
    read_tree(repository, commit(repository, {"go.sh": "x", "data": "y"})).lay(
        ["go.sh", "data"], tmp_path / "out"
    )
    modes = {path.name: path.stat().st_mode & 0o777 for path in (tmp_path / "out").iterdir()}
    assert modes == {"go.sh": 0o755, "data": 0o644}


@pytest.mark.parametrize("target", ["b", "./b/", "../t/b", "../t/./c/../b"])
def test_a_link_inside_the_tree_is_what_it_leads_to(
    repository: Path, tmp_path: Path, target: str
) -> None:
    found = tree(repository, t__b__run="1", t__c__d="2", t__a=f"->{target}")
    found.lay(["t/a"], tmp_path / "out")
    assert laid(tmp_path / "out") == {"t/a/run": "1"}
    assert not (tmp_path / "out" / "t" / "a").is_symlink()


def test_links_below_a_folder_are_followed_too(repository: Path, tmp_path: Path) -> None:
    found = tree(repository, t__a__run="->../shared.txt", t__shared_="x")
    found = tree(repository, t__a__run="->../shared", t__shared="x")
    found.lay(["t/a"], tmp_path / "out")
    assert laid(tmp_path / "out") == {"t/a/run": "x"}


@pytest.mark.parametrize(
    ("links", "why"),
    [
        ({"t__a": "->/etc"}, "out of the commit"),
        ({"t__a": "->../../etc"}, "leads out of the commit"),
        ({"t__a": "->nowhere"}, "leads nowhere"),
        ({"t__a": "->b", "t__b": "->a"}, "circle of links"),
        ({"t__a__up": "->.."}, "circle of links"),
        ({"t__a": "->../missing/x"}, "leads nowhere"),
    ],
    ids=["absolute", "above", "nowhere", "circle", "its own folder", "missing folder"],
)
def test_a_link_that_leads_elsewhere_is_refused(
    repository: Path, tmp_path: Path, links: dict[str, str], why: str
) -> None:
    found = tree(repository, **links)
    with pytest.raises(Refused, match=why):
        found.lay(["t/a"], tmp_path / "out")
    assert laid(tmp_path / "out") == {}


def test_what_git_would_change_on_the_way_out_is_refused(repository: Path, tmp_path: Path) -> None:
    text = "$Format:%H$"
    found = tree(repository, a__run=text, **{".gitattributes": "a/run export-subst\n"})
    with pytest.raises(Refused, match="not what the commit holds"):
        found.lay(["a"], tmp_path / "out")


def test_what_git_would_leave_out_is_refused(repository: Path, tmp_path: Path) -> None:
    found = tree(repository, a__run="1", a__b="2", **{".gitattributes": "a/run export-ignore\n"})
    with pytest.raises(Refused, match="left out by git"):
        found.lay(["a"], tmp_path / "out")


def test_too_much_is_refused_before_anything_is_written(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = tree(repository, a__one="1", a__two="2", a__three="3")
    monkeypatch.setattr(checkout, "MOST_FILES", 2)
    with pytest.raises(Refused, match="too many"):
        found.lay(["a"], tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_submodule_is_refused(repository: Path, tmp_path: Path) -> None:
    first = commit(repository, {"a": "1"})
    git(repository, "update-index", "--add", "--cacheinfo", f"160000,{first},t/sub")
    git(repository, "commit", "-q", "-m", "sub")
    head = git(repository, "rev-parse", "HEAD").strip()
    with pytest.raises(Refused, match="submodule"):
        read_tree(repository, head).lay(["t"], tmp_path / "out")


def test_files_that_a_partial_clone_does_not_have_are_refused(
    repository: Path, tmp_path: Path
) -> None:
    head = commit(repository, {"a": "1", "b": "2"})
    blob = git(repository, "rev-parse", "HEAD:a").strip()
    (repository / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    git(repository, "config", "extensions.partialClone", "origin")
    git(repository, "config", "remote.origin.promisor", "true")
    git(repository, "config", "remote.origin.url", "nowhere")
    found = read_tree(repository, head)
    found.lay(["b"], tmp_path / "out")
    with pytest.raises(Refused, match="partial clone"):
        found.lay(["a"], tmp_path / "out")


def test_many_files_are_laid_out_though_no_command_line_holds_their_names(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkout, "MOST_WORDS", 1)
    found = tree(repository, a__one="1", a__b__two="2", c="3")
    found.lay(["a", "c"], tmp_path / "out")
    assert laid(tmp_path / "out") == {"a/b/two": "2", "a/one": "1", "c": "3"}


def test_no_repository_and_no_such_commit_are_said_with_what_to_do(
    repository: Path, tmp_path: Path
) -> None:
    commit(repository, {"a": "1"})
    with pytest.raises(BadInput, match="no such folder"):
        read_tree(tmp_path / "nowhere", "0" * 40)
    with pytest.raises(BadInput, match="has the commit 0000") as refused:
        read_tree(repository, "0" * 40)
    assert "fetch origin" in (refused.value.hint or "")
    with pytest.raises(BadInput, match="no git repository"):
        read_tree(tmp_path, "0" * 40)
