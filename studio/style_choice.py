"""A painting to choose, as the gallery and the rest of the window know it."""

from dataclasses import dataclass
from pathlib import Path

import assets
from studio.own_styles import OwnStyles
from studio.translation import translate


@dataclass(frozen=True)
class StyleChoice:
    """A painting of the gallery.

    Attributes:
        id: as the command line calls it, or "own-..." for the user's own.
        artist, year: empty for the user's own.
    """

    id: str
    title: str
    artist: str
    year: str
    path: Path
    own: bool

    @property
    def shown_title(self) -> str:
        """The title in the window's language; the user's own are as they were named."""
        return self.title if self.own else translate("Paintings", self.title)

    @property
    def shown_artist(self) -> str:
        return translate("Gallery", "Your own") if self.own else translate("Paintings", self.artist)

    @property
    def shown_year(self) -> str:
        """The year in the window's language."""
        year = self.year.removeprefix("c. ")
        around = translate("Gallery", "c. {year}") if year != self.year else translate("Gallery", "{year}")
        return around.format(year=year) if year else ""

    @property
    def caption(self) -> str:
        return "" if self.own else f"{self.shown_artist}, {self.shown_year}"


def all_styles(own: OwnStyles) -> list[StyleChoice]:
    """The user's own first, then those that ship with the program."""
    mine = [StyleChoice(style.id, style.title, "", "", own.path(style), True) for style in own.all()]
    shipped = [
        StyleChoice(style.id, style.title, style.artist, style.year, style.path, False) for style in assets.gallery()
    ]
    return mine + shipped
