"""What `spack load --sh` was recorded to print, and what a strange recipe could make it print."""

from __future__ import annotations

from pathlib import Path

import pytest

from peso.errors import Outside
from peso.products.engines.spack.exports import read_exports

SOLVES = Path(__file__).with_name("data") / "solves"
LZ4 = "/store/linux-x86_64_v3/lz4-1.9.4-y55zlnez2pbnh7jsw4q45p6oexi64ya2"
BZIP2 = "/store/linux-x86_64_v3/bzip2-1.0.8-vjysts6ejbulpsgdgak6vvjrf5vrvony"


def test_what_was_recorded() -> None:
    found = read_exports((SOLVES / "load.sh").read_text())

    assert found["PATH"] == f"{LZ4}/bin:{BZIP2}/bin"
    assert found["CMAKE_PREFIX_PATH"].split(":")[:2] == [LZ4, BZIP2]
    assert found["MANPATH"].endswith(":")
    assert "SPACK_LOADED_HASHES" not in found


def test_nothing_is_executed_or_expanded(tmp_path: Path) -> None:
    marker = tmp_path / "made"
    text = f"export A='$(touch {marker})';\nexport B=$HOME;\nexport C='two words';\nunset D;\n"
    text += f"touch {marker}\n"

    found = read_exports(text)

    assert found == {"A": f"$(touch {marker})", "B": "$HOME", "C": "two words"}
    assert not marker.exists()


def test_what_would_change_other_programs_is_left_out() -> None:
    names = ("HOME", "SHELL", "LD_PRELOAD", "BASH_ENV", "SPACK_ENV", "IFS", "BASH_FUNC_x")
    text = "".join(f"export {name}=/x;\n" for name in (*names, "FINE"))

    assert read_exports(text) == {"FINE": "/x"}


@pytest.mark.parametrize(
    "text", ["export A='open;", "export A=one two;", "export A=" + "x" * 200_000 + ";"]
)
def test_what_is_no_word_is_refused(text: str) -> None:
    with pytest.raises(Outside, match="`spack load` printed"):
        read_exports(text)


def test_too_much_is_refused() -> None:
    many = "".join(f"export A{number}=x;\n" for number in range(1_100))
    for text in (many, "#" * (5 << 20)):
        with pytest.raises(Outside, match="more than"):
            read_exports(text)
