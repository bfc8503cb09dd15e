"""Names of packages, folders, classes and specs."""

from __future__ import annotations

import pytest

from peso.products.recipes.naming import class_of, folder_of, package_of, spec_name


@pytest.mark.parametrize(
    ("package", "folder", "made"),
    [
        ("hdf5", "hdf5", "Hdf5"),
        ("py-numpy", "py_numpy", "PyNumpy"),
        ("3proxy", "_3proxy", "_3proxy"),
        ("pass", "_pass", "Pass"),
        ("none", "none", "_None"),
        ("r-a4base", "r_a4base", "RA4base"),
    ],
)
def test_names_there_and_back(package: str, folder: str, made: str) -> None:
    assert folder_of(package, (2, 0)) == folder
    assert package_of(folder, (2, 0)) == package
    assert class_of(package) == made
    assert folder_of(package, (1, 0)) == package == package_of(package, (1, 0))


@pytest.mark.parametrize("folder", ["py-numpy", "3proxy", "_hdf5", "a__b", "__pycache__", "A", ""])
def test_folders_that_hold_no_package(folder: str) -> None:
    assert package_of(folder, (2, 0)) is None


@pytest.mark.parametrize(
    ("spec", "name"),
    [
        ("hdf5@1.2+mpi", "hdf5"),
        (" py-numpy ", "py-numpy"),
        ("builtin.zlib@1", "zlib"),
        ("a.b.zlib", "zlib"),
        ("3proxy", "3proxy"),
        ("@1:", ""),
        ("+mpi", ""),
        ("", ""),
    ],
)
def test_the_name_a_spec_starts_with(spec: str, name: str) -> None:
    assert spec_name(spec) == name
