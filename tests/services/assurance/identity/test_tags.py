"""Tag patterns: from tags, as repositories have them, to versions."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peso.errors import BadInput
from peso.services.assurance.identity.tags import compiled, version_of

HDF5 = ("hdf5-{major}_{minor}_{patch}[-{build}]", "hdf5[_][-]{version}", "{version}")
OPENSSL = ("openssl-{version}", "OpenSSL_{major}_{minor}_{patch}[{letter}]")


@pytest.mark.parametrize(
    ("tag", "patterns", "version"),
    [
        ("v1.5.20", ("v{version}",), "1.5.20"),
        ("V1.5.20", ("v{version}",), "1.5.20"),
        ("hdf5-1_14_4-3", HDF5, "1.14.4-3"),
        ("hdf5-1_14_3", HDF5, "1.14.3"),
        ("hdf5_1.14.5", HDF5, "1.14.5"),
        ("2.0.0", HDF5, "2.0.0"),
        ("OpenSSL_1_1_1w", OPENSSL, "1.1.1w"),
        ("OpenSSL_1_0_2zp", OPENSSL, "1.0.2zp"),
        ("openssl-3.6.1", OPENSSL, "3.6.1"),
        ("V_9_9_P2", ("V_{major}_{minor}[_{patch}]_P{p}",), "9.9p2"),
        ("V_3_7_1_P2", ("V_{major}_{minor}[_{patch}]_P{p}",), "3.7.1p2"),
        ("release-65-1", ("release-{major}-{minor}",), "65.1"),
        ("25-05-1-1", ("{major}-{minor}-{patch}[-{tweak}]",), "25.05.1.1"),
    ],
)
def test_a_tag_marks_a_version(tag: str, patterns: tuple[str, ...], version: str) -> None:
    assert version_of(tag, patterns) == version


@pytest.mark.parametrize(
    ("tag", "patterns"),
    [
        ("v1.5.20-rc1", ("v{version}",)),
        ("hdf5-1_14_3-rc1", HDF5),
        ("OpenSSL_1_1_1-pre7", OPENSSL),
        ("snapshot-1.14", HDF5),
        ("CVE-2021-3541", ("v{version}",)),
        ("", HDF5),
        ("v1.0", ()),
        ("v\u0661.0", ("v{version}",)),
    ],
)
def test_any_other_tag_marks_none(tag: str, patterns: tuple[str, ...]) -> None:
    assert version_of(tag, patterns) is None


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        ("v{verison}", "is no field"),
        ("v{}", "is no field"),
        ("{major}.{major}", "is there twice"),
        ("v[{version}", "no \\{version\\}"),
        ("v]{version}", "brackets"),
        ("[v[{version}]]", "brackets"),
        ("v{version", "stands alone"),
        ("latest", "no \\{version\\}"),
        ("v{version}" + "x" * 100, "no \\{version\\}"),
    ],
)
def test_a_pattern_that_is_none_says_why(pattern: str, why: str) -> None:
    with pytest.raises(BadInput, match=why):
        compiled(pattern)


@given(st.text(alphabet="v{}[]versionmajr.-_0*+(?\\", max_size=40), st.text(max_size=40))
def test_no_pattern_and_no_tag_breaks_it(pattern: str, tag: str) -> None:
    try:
        found = version_of(tag, (pattern,))
    except BadInput:
        return
    assert found is None or found[0].isdigit()


@given(st.lists(st.integers(0, 9999), min_size=3, max_size=3))
def test_a_version_comes_back_from_the_tag_it_is_written_in(numbers: list[int]) -> None:
    version = ".".join(map(str, numbers))

    assert version_of(f"x-{version}", ("x-{version}",)) == version
    tag = "x_" + "_".join(map(str, numbers))
    assert version_of(tag, ("x_{major}_{minor}_{patch}",)) == version
