"""A recipe of the tests' own."""

from spack.package import *


class Cmake(Package):
    """The package cmake."""

    homepage = "https://example.org/cmake"
    url = "https://example.org/cmake-1.0.tar.gz"

    version("3.31.0", sha256="1111111111111111111111111111111111111111111111111111111111111111")
    version("3.30.0", sha256="1111111111111111111111111111111111111111111111111111111111111111")

    variant("ncurses", default=True, description="The terminal's interface")
