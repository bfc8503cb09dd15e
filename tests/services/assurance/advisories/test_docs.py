"""The worked example of the how-to is a record without faults."""

from __future__ import annotations

import re
import textwrap
from datetime import date
from pathlib import Path

from peso.services.assurance.advisories.checking import check_own
from peso.services.assurance.advisories.formats import FORMATS, told

DOCS = Path(__file__).parents[4] / "docs"


def test_the_worked_example_has_nothing_wrong(tmp_path: Path) -> None:
    page = (DOCS / "how-to" / "write-an-advisory.md").read_text()
    [block] = re.findall(r"```yaml\n(.*?)```", page, flags=re.DOTALL)
    file = tmp_path / "PESO-2026-1.yaml"
    file.write_text(textwrap.dedent(block))
    report = check_own([file], today=date(2026, 11, 26), knows={"pmix"}.__contains__)
    assert report.findings == ()
    found = told(".yaml", file.read_bytes())
    assert found is not None
    assert found.name == "peso"


def test_the_reference_names_every_format() -> None:
    page = (DOCS / "reference" / "advisories.md").read_text()
    assert re.findall(r"(?m)^\| `(\w+)` \| (?!as)", page.split("## Keys")[0]) == [
        "osv",
        "cve5",
        "curl",
        "hdf",
        "nvd",
        "kev",
        "peso",
    ]
    assert {one.name for one in FORMATS} == {"osv", "cve5", "curl", "hdf", "nvd", "kev", "peso"}
