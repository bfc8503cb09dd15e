"""A recipe of the tests' own."""

from spack.package import *


class OldTool(Package):
    """The package old-tool."""

    homepage = "https://example.org/old-tool"
    url = "https://example.org/old-tool-1.0.tar.gz"

    version("1.0", sha256="1111111111111111111111111111111111111111111111111111111111111111")
