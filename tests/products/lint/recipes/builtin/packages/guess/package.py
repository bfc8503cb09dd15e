"""A recipe of the tests' own."""

from spack.package import *


class Guess(Package):
    """The package guess."""

    homepage = "https://example.org/guess"
    url = "https://example.org/guess-1.0.tar.gz"

    for number in numbers_of_somebody_else():
        version(number, sha256="1111111111111111111111111111111111111111111111111111111111111111")
    version("1.0", sha256="1111111111111111111111111111111111111111111111111111111111111111")

    variant("known", default=True, description="Known")
