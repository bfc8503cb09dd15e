"""The options that every command has, said once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print errors only.")]
Debug = Annotated[bool, typer.Option("--debug", help="Show the stack trace of an error.")]
Root = Annotated[
    Path | None,
    typer.Option("--root", help="The root you pinned: its file, got another way than DIR|URL."),
]
DevelopmentKeys = Annotated[
    bool,
    typer.Option(
        "--unsafe-development-keys",
        help="Accept a root with development keys; it proves nothing about who made the release.",
    ),
]
AsOf = Annotated[
    str | None,
    typer.Option(
        "--unsafe-as-of",
        metavar="DATE",
        help="Judge the timestamp as of DATE (YYYY-MM-DD): for a folder carried without network.",
    ),
]
SpackCache = Annotated[
    bool,
    typer.Option(
        "--spack-cache",
        help="DIR|URL is a build cache of Spack, of anybody: say what can be proven about it.",
    ),
]
Keyring = Annotated[
    Path | None,
    typer.Option(help="Of a Spack cache: the public keys whose signatures count, in a file."),
]
Archives = Annotated[
    bool, typer.Option(help="Of a Spack cache: look at the bytes of archives, too.")
]
Unproven = Annotated[
    bool,
    typer.Option(
        "--unsafe-unproven",
        help="Of a Spack cache: exit 0 where nothing is wrong, though not all can be proven.",
    ),
]
Where = Annotated[str, typer.Argument(metavar="DIR|URL", help="A publication: folder or URL.")]
StackFile = Annotated[Path, typer.Argument(metavar="STACK", help="A stack file, or its folder.")]
