"""What the CycleGAN tab shows: a photo translated, as a small copy and whole. All of it runs in workers."""

import threading
import weakref
from collections import OrderedDict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from cyclegan.translation import TranslationSettings
from studio.painting import Look, Painted, Photo
from studio.pictures import Mipmap
from studio.preferences import Device
from studio.translation_look import TranslationLook
from workbench.progress import Cancellation, Job, Progress, part_of

if TYPE_CHECKING:
    from cyclegan.translator import Translator
    from workbench.picture import Picture

KEPT_TRANSLATORS = 4
KEPT_PIXELS = 8_000_000
"""Of translations at their working size, 12 bytes each; a larger one is kept alone."""
NETWORK_SHARE = 0.9  # of a job's progress
PLAIN = TranslationSettings(size=None, detail=0.0)


@dataclass(frozen=True, eq=False)
class Translation:
    """What the network made of a photo.

    Attributes:
        source: the photo at the working size, 16 bits.
        result: of that, 16 bits.
    """

    photo: weakref.ref[Photo]
    source: NDArray[np.uint16]
    result: NDArray[np.uint16]

    @property
    def pixels(self) -> int:
        return self.source.shape[0] * self.source.shape[1]


class TranslationJobs:
    """Makes the jobs of a session whose looks are `TranslationLook`; several threads may run them.

    What the network made is kept: another strength or detail, the whole picture after its preview, and a return to an
    earlier model or size do without it.
    """

    def __init__(self, device: Device = "auto", threads: int | None = None) -> None:
        self._lock = threading.RLock()
        self._engine = device, threads
        self._translators: OrderedDict[tuple[object, ...], Translator] = OrderedDict()
        self._kept: OrderedDict[tuple[object, ...], Translation] = OrderedDict()

    def use_engine(self, device: Device, threads: int | None) -> bool:
        """Translate on this device from the next job on; whether that is another one than before."""
        with self._lock:
            if (device, threads) == self._engine:
                return False
            self._engine = device, threads
            self._translators.clear()
            self._kept.clear()
            return True

    def warm_up(self, look: Look | None, cancellation: Cancellation) -> Job[None]:
        """Nothing is loaded before it is used: that takes a moment only."""
        yield Progress(1, 1, "loading")

    def preview(self, photo: Photo, look: Look, cancellation: Cancellation) -> Job[Painted]:
        """A small copy; the network sees what it sees for the whole picture, so that it looks the same."""
        picture = yield from self._made(photo, photo.preview, look, cancellation)
        shown = Mipmap.build(picture.pixels, picture.alpha)
        return Painted(photo, look, picture, shown, photo.preview is photo.picture)

    def whole(self, photo: Photo, look: Look, cancellation: Cancellation) -> Job[Painted]:
        """All of the photo."""
        picture = yield from self._made(photo, photo.picture, look, cancellation)
        return Painted(photo, look, picture, Mipmap.build(picture.pixels, picture.alpha), True)

    def export(self, photo: Photo, look: Look, size: int | None, cancellation: Cancellation) -> "Job[Picture]":
        """The whole picture, scaled to a long side of `size` pixels; None keeps its size."""
        from workbench.picture import resized

        picture = yield from self._made(photo, photo.picture, look, cancellation)
        return picture if size is None else resized(picture, size)

    def _made(self, photo: Photo, target: "Picture", look: Look, cancellation: Cancellation) -> "Job[Picture]":
        """The photo, or a copy of it, translated."""
        from cyclegan.translator import given_back
        from workbench.picture import Picture, resized

        assert isinstance(look, TranslationLook)
        settings = look.translation
        if look.choice is None or settings.strength == 0:
            return target
        working = self._translation(photo, look, cancellation)
        translation = yield from part_of(working, 0, NETWORK_SHARE, 1, previews=settings.strength == 1)
        source, result = translation.source, translation.result
        if source.shape[1] > target.width:  # a preview is smaller than what the network saw
            longest = max(target.width, target.height)
            source, result = (resized(Picture(pixels), longest).pixels for pixels in (source, result))
        detail = given_back(target.pixels, source, result, settings)
        pixels = yield from part_of(detail, NETWORK_SHARE, 1 - NETWORK_SHARE, 1)
        return replace(target, pixels=pixels)

    def _translation(self, photo: Photo, look: TranslationLook, cancellation: Cancellation) -> Job[Translation]:
        """What the network makes of the photo at the working size."""
        from workbench.color import to_depth
        from workbench.picture import Picture, resized

        longest = max(photo.picture.width, photo.picture.height)
        size = min(look.translation.size or longest, longest)
        key = (id(photo), look.key[0], look.direction, size)
        if (kept := self._find(key, photo)) is not None:
            return kept
        yield Progress(0, 1, "loading")
        source = to_depth(resized(photo.picture, size).pixels, np.uint16)
        translator = self._translator(look)
        picture = yield from translator.translate(Picture(source), PLAIN, cancellation)
        made = Translation(weakref.ref(photo), source, picture.pixels)
        self._keep(key, made)
        return made

    def _find(self, key: tuple[object, ...], photo: Photo) -> Translation | None:
        with self._lock:
            kept = self._kept.get(key)
            if kept is None or kept.photo() is not photo:
                return None
            self._kept.move_to_end(key)
            return kept

    def _keep(self, key: tuple[object, ...], made: Translation) -> None:
        with self._lock:
            alive = [(key, each) for key, each in self._kept.items() if each.photo() is not None]
            self._kept = OrderedDict([*alive, (key, made)])
            self._kept.move_to_end(key)
            while len(self._kept) > 1 and sum(each.pixels for each in self._kept.values()) > KEPT_PIXELS:
                self._kept.popitem(last=False)

    def _translator(self, look: TranslationLook) -> "Translator":
        from cyclegan.translator import Translator

        assert look.choice is not None
        key = look.choice.key, look.direction
        with self._lock:
            if key not in self._translators:
                self._translators[key] = Translator(look.choice.model, look.direction, *self._engine)
            self._translators.move_to_end(key)
            while len(self._translators) > KEPT_TRANSLATORS:
                self._translators.popitem(last=False)
            return self._translators[key]
