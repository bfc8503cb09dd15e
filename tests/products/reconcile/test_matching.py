"""Which packages a product is: by what it says, else by its name, and always how."""

from __future__ import annotations

import pytest
from tests.products.reconcile.shelf import product

from peso.products.reconcile.matching import match, names_of, normal

NAMES = names_of(("hdf5", "py-ytopt", "r-ytopt", "kokkos-kernels", "superlu-dist", "py-deephyper"))


def test_what_a_product_says_counts_even_where_its_name_fits_better() -> None:
    found = match(product("HDF5", spack=("netcdf",)).product, NAMES)

    assert found.packages == ("netcdf",)
    assert found.claimed


@pytest.mark.parametrize(
    ("name", "package", "how"),
    [
        ("HDF5", "hdf5", "has its name"),
        ("Kokkos Kernels", "kokkos-kernels", "has its name"),
        ("kokkos_kernels", "kokkos-kernels", "has its name"),
        ("DeepHyper", "py-deephyper", "prefix of a language"),
        ("SuperLU_DIST", "superlu-dist", "has its name"),
        ("KokkosKernels", "kokkos-kernels", "but for hyphens"),
    ],
)
def test_a_name_finds_its_package_and_says_how(name: str, package: str, how: str) -> None:
    found = match(product(name).product, NAMES)

    assert found.packages == (package,)
    assert how in found.how
    assert not found.claimed


def test_a_name_in_e4s_counts_too() -> None:
    assert match(product("Hierarchical", e4s=("HDF5",)).product, NAMES).packages == ("hdf5",)


def test_several_are_named_and_none_is_taken() -> None:
    found = match(product("ytopt").product, NAMES)

    assert found.packages == ()
    assert found.candidates == ("py-ytopt", "r-ytopt")


def test_a_name_that_nothing_has_is_said() -> None:
    assert match(product("Unheard").product, NAMES).how == "no package has its name"


def test_a_name_in_the_form_of_packages() -> None:
    assert normal(" PETSc/TAO ") == "petsc-tao"
    assert normal("UPC++") == "upc"
