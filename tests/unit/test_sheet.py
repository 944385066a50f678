"""The contact sheet as a job."""

from collections.abc import Sequence

import numpy as np
import pytest
from PIL import Image

from lapstyle.painter import Painter
from lapstyle.settings import Settings
from lapstyle.styles import Style, StyleLike, find_style, gallery
from recipes import sheet as module
from recipes.sheet import PAPER, Caption, Page, captioned, font_for, sheet
from tests import pictures
from workbench.errors import SettingWrong, StyleUnknown
from workbench.image_io import Picture, resized
from workbench.progress import Cancellation, Cancelled, Progress, run

STYLES: Sequence[StyleLike] = ("great-wave", "lion", "spring")


@pytest.fixture(scope="module")
def photo() -> Picture:
    return Picture(pictures.sample("cat", (120, 90)))


def cell(page: Picture, photo: Picture, size: int, column: int) -> np.ndarray:
    """The picture of a cell in the first row."""
    small = resized(photo, size).pixels
    height, width = small.shape[:2]
    layout = Page(width, height, len(STYLES) + 1, 4)
    left = layout.gap + column * (layout.width + layout.gap)
    return page.pixels[layout.gap : layout.gap + height, left : left + width]


class TestSheet:
    def test_the_photo_first_then_each_style(self, painter: Painter, photo: Picture) -> None:
        page = run(sheet(photo, STYLES, cell=96, columns=4, painter=painter))
        small = resized(photo, 96)
        assert page.pixels.dtype == np.uint8
        assert np.array_equal(cell(page, photo, 96, 0), small.pixels)
        for column, name in enumerate(STYLES, start=1):
            painted = run(painter.paint(small, [(find_style(name), 1.0)], Settings()))
            assert np.abs(cell(page, photo, 96, column).astype(int) - painted.pixels).max() <= 1

    def test_settings_are_those_of_all_paintings(self, painter: Painter, photo: Picture) -> None:
        pages = [
            run(sheet(photo, STYLES[:1], settings=Settings(color=color), cell=96, columns=2, painter=painter))
            for color in ("style", "content")
        ]
        assert not np.array_equal(pages[0].pixels, pages[1].pixels)

    def test_the_whole_gallery_is_the_default(self, painter: Painter, photo: Picture) -> None:
        steps: list[Progress] = []
        page = run(sheet(photo, cell=64, painter=painter), steps.append)
        titles = [style.title for style in gallery()]
        assert list(dict.fromkeys(step.stage for step in steps)) == ["photo", *titles]
        assert 0.9 < page.width / page.height < 2.4
        layout = Page(64, 48, len(titles) + 1, None)
        assert (page.width, page.height) == layout.image.size

    def test_progress_never_goes_back_and_shows_the_sheet(
        self, painter: Painter, photo: Picture, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(module, "PREVIEW", 300)
        steps: list[Progress] = []
        page = run(sheet(photo, STYLES, cell=96, columns=4, painter=painter), steps.append)
        fractions = [step.fraction for step in steps]
        assert fractions == sorted(fractions) and fractions[-1] > 2 / 3
        previews = [step.preview for step in steps if step.preview is not None]
        assert len(previews) == len(STYLES)
        assert page.width > 300 >= max(previews[0].shape)
        assert not np.array_equal(previews[0], previews[-1])

    def test_what_is_transparent_shows_the_paper(self, painter: Painter, photo: Picture) -> None:
        alpha = np.full(photo.pixels.shape[:2], 255, np.uint8)
        alpha[:, :60] = 0
        page = run(sheet(Picture(photo.pixels, alpha), STYLES[:1], cell=120, columns=2, painter=painter))
        layout = Page(120, 90, 2, 2)
        for left in (layout.gap, 2 * layout.gap + layout.width):
            hidden = page.pixels[layout.gap : layout.gap + 90, left : left + 55]
            assert (hidden == PAPER).all()
            assert not (page.pixels[layout.gap : layout.gap + 90, left + 65 : left + 120] == PAPER).all()

    @pytest.mark.parametrize("dtype", [np.uint16, np.float32])
    def test_deep_photos(self, painter: Painter, photo: Picture, dtype: type) -> None:
        scale = 257 if dtype is np.uint16 else 1 / 255
        deep = Picture((photo.pixels.astype(np.float64) * scale).astype(dtype))
        page = run(sheet(deep, STYLES[:1], cell=96, columns=4, painter=painter))
        same = run(sheet(photo, STYLES[:1], cell=96, columns=4, painter=painter))
        assert np.abs(page.pixels.astype(int) - same.pixels).mean() < 1

    @pytest.mark.parametrize("size", [(1, 1), (400, 3), (3, 400)])
    def test_odd_photos(self, painter: Painter, size: tuple[int, int]) -> None:
        page = run(sheet(Picture(pictures.sample("cat", size)), STYLES[:1], cell=64, painter=painter))
        assert min(page.width, page.height) > 20

    def test_refuses(self, painter: Painter, photo: Picture) -> None:
        with pytest.raises(SettingWrong):
            run(sheet(photo, STYLES, cell=20, painter=painter))
        with pytest.raises(SettingWrong):
            run(sheet(photo, STYLES, columns=0, painter=painter))
        with pytest.raises(StyleUnknown):
            run(sheet(photo, ["nobody"], painter=painter))

    def test_cancel(self, painter: Painter, photo: Picture) -> None:
        cancellation = Cancellation()

        def stop(progress: Progress) -> None:
            if progress.done > 1:
                cancellation.cancel()

        with pytest.raises(Cancelled):
            run(sheet(photo, STYLES, cell=96, painter=painter, cancellation=cancellation), stop, cancellation)


class TestCaptions:
    def test_the_gallery_and_ones_own(self) -> None:
        known = captioned(find_style("great-wave"))
        assert (known.title, known.subtitle) == ("The Great Wave off Kanagawa", "Katsushika Hokusai, c. 1831")
        own = captioned(Style("mine", pictures.painting("lion", (40, 40))))
        assert (own.title, own.subtitle) == ("mine", "")

    @pytest.mark.parametrize("title", ["W" * 200, "画" * 200, "A title of many words that goes on and on and on"])
    def test_a_long_title_stays_in_its_cell(self, title: str) -> None:
        page = Page(100, 80, 2, 2)
        page.put(0, Picture(np.zeros((80, 100, 3), np.uint8)), Caption(title, title))
        ink = (np.asarray(page.image) != PAPER).any(axis=2)
        assert ink[page.gap + 80 :, : page.gap + page.width].any()
        assert not ink[:, page.gap + page.width :].any()

    def test_other_scripts_take_a_font_of_the_system(self, monkeypatch: pytest.MonkeyPatch) -> None:
        asked: list[str] = []
        real = module.ImageFont.truetype

        def truetype(name: object, *arguments: object, **options: object) -> object:
            if isinstance(name, str):
                asked.append(name)
                raise OSError
            return real(name, *arguments, **options)

        monkeypatch.setattr(module.ImageFont, "truetype", truetype)
        own = font_for("Hokusai, Dürer", 20).getname()
        assert asked == []
        assert font_for("葛飾北斎", 20).getname() == own
        assert tuple(asked) == module.FONTS_OF_THE_WORLD

    @pytest.mark.parametrize(("count", "columns"), [(1, 1), (2, 2), (6, 3), (20, 5)])
    def test_a_landscape_page(self, count: int, columns: int) -> None:
        assert Page(320, 320, count, None).columns == columns

    def test_cells_never_overlap(self) -> None:
        page = Page(90, 60, 7, 3)
        for index in range(7):
            page.put(
                index, Picture(np.full((60, 90, 3), index + 1, np.uint8)), Caption("", "", Image.new("RGB", (5, 9)))
            )
        values, counts = np.unique(np.asarray(page.image)[..., 0], return_counts=True)
        found = dict(zip(values.tolist(), counts.tolist(), strict=True))
        assert all(found[index + 1] == 60 * 90 for index in range(7))
