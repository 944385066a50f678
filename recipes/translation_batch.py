"""A folder of pictures translated by a CycleGAN, and no painting."""

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import asdict, replace
from pathlib import Path
from typing import ClassVar

from cyclegan.factor import Factor
from cyclegan.translation import TranslationSettings
from cyclegan.translator import Translator
from cyclegan.upscale import Enlarger
from recipes.folder_batch import FolderBatch, Found, PathLike
from workbench.entries import Entry
from workbench.image_io import Picture, WriteOptions
from workbench.progress import Cancellation, Job


class TranslationBatch(FolderBatch):
    """A folder made ready to be translated; resumed and reported as `recipes.batch.Batch`.

    Args:
        translator: its generator is loaded at once, since its hash tells whether a picture is done already.
        settings: how to translate.
        pattern: names of the results; {style} stands for the model's name, "van-gogh".
        enlarge: 2 or 4 times the sides, after the translation.
        enlarger: reuse one that is there.

    Raises:
        StudioError: the model cannot be used, see `cyclegan.translator.Translator.translate`; and see
            `recipes.batch.batch`.
    """

    verb: ClassVar[str] = "translated"

    def __init__(
        self,
        inputs: PathLike | Iterable[PathLike],
        output: PathLike,
        *,
        translator: Translator,
        settings: TranslationSettings | None = None,
        options: WriteOptions | None = None,
        pattern: str = "{stem}",
        suffix: str | None = None,
        enlarge: Factor | None = None,
        enlarger: Enlarger | None = None,
        on_entry: Callable[[int, Entry], None] | None = None,
    ) -> None:
        self._translator = translator
        self._settings = settings = settings or TranslationSettings()
        options = replace(options or WriteOptions(), format=None)  # the ending decides
        content = {"model": translator.fingerprint, "settings": settings.to_dict(), "options": asdict(options)}
        super().__init__(
            inputs,
            output,
            settings=hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest(),
            style=Path(translator.model.id).stem,
            options=options,
            pattern=pattern,
            suffix=suffix,
            on_entry=on_entry,
            enlarge=enlarge,
            enlarger=enlarger,
        )

    def _work(self, found: Found, cancellation: Cancellation) -> Job[Picture]:
        return self._translator.translate(found.picture, self._settings, cancellation)
