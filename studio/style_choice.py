"""A style to choose, as the gallery and the rest of the window know it: a painting, or a pack taught of one."""

import logging
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import assets
from lapstyle.pack_shelf import PackCard, installed_packs, shipped_packs
from studio.own_styles import OwnStyles
from studio.translation import translate
from workbench.errors import StudioError

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class StyleChoice:
    """A style of the gallery.

    Attributes:
        id: as the command line calls it, or "own-..." for the user's own paintings.
        artist, year: empty where nobody told.
        path: the painting's file, or the pack's.
        own: whether the user added it, and so can remove it.
        pack: whether it is a style pack.
        licence: under which it may be passed on; empty where nobody told.
        settings: what a pack recommends: some of the values of `lapstyle.settings.Settings`.
    """

    id: str
    title: str
    artist: str
    year: str
    path: Path
    own: bool
    pack: bool = False
    licence: str = ""
    settings: dict[str, Any] = field(default_factory=dict, compare=False)

    @classmethod
    def of_pack(cls, card: PackCard) -> "StyleChoice":
        return cls(
            card.id, card.name, card.artist, "", card.path, not card.shipped, True, card.licence, dict(card.settings)
        )

    @property
    def renamable(self) -> bool:
        """A pack's name is in its file, which stays as it came."""
        return self.own and not self.pack

    @property
    def shown_title(self) -> str:
        """The title in the window's language; the user's own are as they were named."""
        return self.title if self.own else translate("Paintings", self.title)

    @property
    def shown_name(self) -> str:
        """The title, and of a pack that it is one: its painting has the same title."""
        return translate("Gallery", "{title} (pack)").format(title=self.shown_title) if self.pack else self.shown_title

    @property
    def shown_artist(self) -> str:
        if self.pack:
            return translate("Paintings", self.artist) if self.artist else ""
        return translate("Gallery", "Your own") if self.own else translate("Paintings", self.artist)

    @property
    def shown_year(self) -> str:
        """The year in the window's language."""
        year = self.year.removeprefix("c. ")
        around = translate("Gallery", "c. {year}") if year != self.year else translate("Gallery", "{year}")
        return around.format(year=year) if year else ""

    @property
    def caption(self) -> str:
        """Whose it is, in a line; "" where that says nothing."""
        if self.pack:
            return " · ".join(filter(None, (translate("Gallery", "Style pack"), self.shown_artist)))
        return "" if self.own else f"{self.shown_artist}, {self.shown_year}"


def all_styles(own: OwnStyles) -> list[StyleChoice]:
    """What the user added first, then the paintings that ship with the program, each before a pack of it."""
    return [
        *(StyleChoice(style.id, style.title, "", "", own.path(style), True) for style in own.all()),
        *named_styles(),
    ]


def named_styles() -> list[StyleChoice]:
    """The styles whose ids the command line knows: installed packs, the paintings that ship, and the packs of these."""
    installed = [StyleChoice.of_pack(card) for card in installed_packs()]
    packs = {card.id: StyleChoice.of_pack(card) for card in _shipped_packs()}
    shipped = []
    for style in assets.gallery():
        shipped.append(
            StyleChoice(style.id, style.title, style.artist, style.year, style.path, own=False, licence=style.licence)
        )
        if (pack := packs.pop(f"{style.id}-pack", None)) is not None:
            shipped.append(pack)
    return [*installed, *shipped, *packs.values()]


def _shipped_packs() -> tuple[PackCard, ...]:
    """None where they are missing, which is no reason not to paint."""
    try:
        return shipped_packs()
    except StudioError:
        logger.warning("The packs that ship cannot be read", exc_info=True)
        return ()
