"""`lapstyle styles`: the paintings that come with the program."""

from typing import Annotated

import typer

import assets
from terminal.console import show_json


def styles(
    as_json: Annotated[
        bool, typer.Option("--json", help="Print a JSON list, with the files and their licences.")
    ] = False,
) -> None:
    """List the paintings that can be named with --style."""
    gallery = assets.gallery()
    if as_json:
        show_json(
            [
                {
                    "name": style.id,
                    "title": style.title,
                    "artist": style.artist,
                    "year": style.year,
                    "file": str(style.path),
                    "source": style.source,
                    "licence": style.licence,
                }
                for style in gallery
            ]
        )
        return
    rows = [(style.id, style.title, style.artist, style.year) for style in gallery]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        typer.echo("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
