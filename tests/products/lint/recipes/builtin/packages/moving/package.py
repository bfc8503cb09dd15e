"""A recipe of the tests' own."""

from spack.package import *


class Moving(Package):
    """The package moving."""

    homepage = "https://example.org/moving"
    url = "https://example.org/moving-1.0.tar.gz"

    version("main", git="https://example.org/moving.git", branch="main")
    version("0.9", url="https://example.org/moving-0.9.zip")
