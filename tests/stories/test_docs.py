"""The documents are true: their Python runs, their stack files load, their links lead somewhere."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from tests.stories.conftest import TinyStack

from peso.products.stack import load_stack

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def _blocks(page: Path, language: str) -> list[str]:
    return re.findall(
        rf"^ *```{language}\n(.*?)^ *```$", page.read_text(), re.DOTALL | re.MULTILINE
    )


def test_the_python_of_the_documents_runs(tiny_stack: TinyStack, tmp_path: Path) -> None:
    place = tmp_path / "examples" / "hpc-ai"
    place.parent.mkdir()
    tiny_stack.folder.rename(place)
    for page in (ROOT / "docs" / "reference" / "python-api.md", ROOT / "README.md"):
        blocks = _blocks(page, "python")
        assert blocks
        for block in blocks:
            done = subprocess.run(
                [sys.executable, "-W", "error", "-c", block],
                cwd=tmp_path,
                capture_output=True,
                text=True,
                check=False,
            )
            assert done.returncode == 0, (page.name, done.stderr)


@pytest.mark.parametrize("name", ["tutorial/first-release.md", "reference/stack-file.md"])
def test_the_stack_files_of_the_documents_load(name: str, tmp_path: Path) -> None:
    [text, *_] = _blocks(ROOT / "docs" / name, "yaml")
    for program in re.findall(r"tests/\w+\.py", text):
        (tmp_path / program).parent.mkdir(exist_ok=True)
        (tmp_path / program).touch()
    (tmp_path / "constraints.txt").write_text("mpich==5.0.2\n")
    (tmp_path / "stack.yaml").write_text(text)

    assert load_stack(tmp_path / "stack.yaml").tests


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text())

    assert [link for link in links if not (page.parent / link).exists()] == []
