"""`lapstyle styles`: the paintings and style packs that can be named with --style, and packs to install and remove."""

from pathlib import Path
from typing import Annotated, Any

import typer

import assets
from terminal.console import Misuse, show_json

PACK = "style pack"  # where a painting has its year

styles = typer.Typer()


@styles.callback(invoke_without_command=True)
def list_styles(
    context: typer.Context,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print a JSON list, with the files and their licences.")
    ] = False,
) -> None:
    """List the paintings and style packs that can be named with --style; install and remove packs.

    Example: lapstyle styles add my-style.safetensors
    """
    if context.invoked_subcommand is not None:
        return
    listed = [*map(of_painting, assets.gallery()), *packs()]
    if as_json:
        show_json(listed)
        return
    rows = [(entry["name"], entry["title"], entry["artist"], entry["year"] or PACK) for entry in listed]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        typer.echo("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


@styles.command()
def add(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="The style pack, or the checkpoint.", show_default=False)
    ],
    *,
    painting: Annotated[
        Path | None,
        typer.Option(metavar="IMAGE", help="The painting that a checkpoint was made from; a pack holds its own."),
    ] = None,
    name: Annotated[str, typer.Option(metavar="TEXT", help="What to call it; default the file's name.")] = "",
    artist: Annotated[str, typer.Option(metavar="TEXT", help="Who painted it.")] = "",
    licence: Annotated[str, typer.Option(metavar="TEXT", help="Under which it may be passed on.")] = "",
) -> None:
    """Install a style pack, and print its name.

    A checkpoint that was made for one style, as PaddleGAN's lapstyle_starrynew.pdparams, becomes a pack, too; it holds
    no painting, so that one must be given.

    Example: lapstyle styles add lapstyle_starrynew.pdparams --painting starry-night.jpg
    """
    from lapstyle.packs import install_checkpoint, install_pack, is_pack

    if not is_pack(file):
        typer.echo(install_checkpoint(file, painting, name=name, artist=artist, licence=licence).stem)
        return
    if painting is not None or name or artist or licence:
        raise Misuse(f"{file} is a style pack, which has a painting and a name: leave the options out")
    typer.echo(install_pack(file).stem)


@styles.command()
def remove(
    name: Annotated[str, typer.Argument(metavar="NAME", help="As lapstyle styles lists it.", show_default=False)],
) -> None:
    """Remove an installed style pack. The file that it was installed from stays."""
    from lapstyle.pack_shelf import remove_pack

    remove_pack(name)


def of_painting(style: assets.GalleryStyle) -> dict[str, Any]:
    """What JSON says of a painting."""
    return {
        "name": style.id,
        "title": style.title,
        "artist": style.artist,
        "year": style.year,
        "file": str(style.path),
        "source": style.source,
        "licence": style.licence,
        "pack": None,
    }


def packs() -> list[dict[str, Any]]:
    """What JSON says of style packs."""
    from lapstyle.pack_shelf import all_packs

    return [
        {
            "name": card.id,
            "title": card.name,
            "artist": card.artist,
            "year": "",
            "file": str(card.path),
            "source": "",
            "licence": card.licence,
            "pack": {"kind": card.kind, "shipped": card.shipped, "settings": card.settings},
        }
        for card in all_packs()
    ]
