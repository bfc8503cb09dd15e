"""A recipe of the tests' own."""

from spack.package import *


class Old(Package):
    """The package old."""

    homepage = "https://example.org/old"
    url = "https://example.org/old-1.0.tar.gz"

    version("1.0", sha256="1111111111111111111111111111111111111111111111111111111111111111", deprecated=True)
