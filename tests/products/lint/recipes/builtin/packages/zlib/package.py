"""A recipe of the tests' own."""

from spack.package import *


class Zlib(Package):
    """The package zlib."""

    homepage = "https://example.org/zlib"
    url = "https://example.org/zlib-1.0.tar.gz"

    version("develop", git="https://example.org/zlib.git", branch="develop")
    version("1.3.1", sha256="1111111111111111111111111111111111111111111111111111111111111111")
    version("1.3", sha256="1111111111111111111111111111111111111111111111111111111111111111")
    version("1.2.13", sha256="1111111111111111111111111111111111111111111111111111111111111111")
    version("1.2.8", sha256="1111111111111111111111111111111111111111111111111111111111111111", deprecated=True)
    version("1.1", url="https://example.org/zlib-1.1.zip")

    variant("shared", default=True, description="Build the shared library")
    variant("pic", default=True, description="Position-independent code")
    variant("optimize", default=True, when="@1.3:", description="Newer versions only")

    conflicts("~shared", when="~pic", msg="a static library without PIC helps nobody")
