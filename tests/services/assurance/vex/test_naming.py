from __future__ import annotations

import pytest
from tests.services.assurance.vex.making import A, statement

from peso.services.assurance.vex.naming import about, is_exact, is_this
from peso.services.assurance.vex.record import Product

UNIT = "pkg:generic/zlib@1.3?spack_hash=abc&spack_namespace=builtin"
DIGEST = "ab" * 32


@pytest.mark.parametrize(
    ("named", "subject", "same"),
    [
        (A, A, True),
        ("pkg:pypi/a", A, False),
        ("pkg:pypi/a@1.1", A, False),
        ("pkg:npm/a@1.0", A, False),
        ("pkg:pypi/ab@1.0", A, False),
        ("pkg:generic/zlib@1.3", UNIT, True),
        ("pkg:generic/zlib@1.3?spack_hash=abc", UNIT, True),
        ("pkg:generic/zlib@1.3?spack_hash=abd", UNIT, False),
        ("pkg:generic/zlib@1.3?arch=x86_64", UNIT, False),
        (UNIT, "pkg:generic/zlib@1.3", False),
        ("pkg:deb/debian/zlib1g@1.3", "pkg:deb/ubuntu/zlib1g@1.3", False),
        ("not a purl", A, False),
        (A, "not a purl", False),
    ],
)
def test_a_product_is_exactly_this_component(
    named: str,
    subject: str,
    same: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    assert is_this(Product(purl=named), subject, "") is same


def test_a_digest_names_the_file_and_has_to_be_right_where_there_is_one() -> None:
    assert is_this(Product(sha256=DIGEST), A, DIGEST)
    assert not is_this(Product(sha256=DIGEST), A, "")
    assert is_this(Product(purl=A, sha256=DIGEST), A, DIGEST)
    assert not is_this(Product(purl=A, sha256=DIGEST), A, "cd" * 32)
    assert not is_this(Product(), A, "")


def test_what_is_exact() -> None:
    assert is_exact(Product(purl=A))
    assert is_exact(Product(sha256=DIGEST))
    assert not is_exact(Product(purl="pkg:pypi/a"))
    assert not is_exact(Product())


def test_statements_are_put_beside_the_components_they_name() -> None:
    by_name = statement()
    by_digest = statement(products=(Product(sha256=DIGEST),))
    wide = statement(products=(Product(purl="pkg:pypi/a"),))
    of_part = statement(products=(Product(purl="pkg:pypi/big@1", subcomponents=(A,)),))
    found = about((by_name, by_digest, wide, of_part), {A: DIGEST, "pkg:pypi/b@1.0": ""})
    assert [(one.subject, one.statement) for one in found] == [(A, by_name), (A, by_digest)]
