"""A folder of pictures with noise, blurs and restoration, and no painting; each result is measured."""

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import asdict, replace
from typing import TYPE_CHECKING

from cyclegan.factor import Factor
from noise.measure import compare
from noise.pipeline import Pipeline
from recipes.folder_batch import FolderBatch, Found, PathLike
from workbench.entries import Entry
from workbench.image_io import Picture, WriteOptions
from workbench.progress import Cancellation, Job, Progress

if TYPE_CHECKING:
    from cyclegan.upscale import Enlarger


class NoiseBatch(FolderBatch):
    """A folder made ready for the steps of a pipeline; resumed and reported as `recipes.batch.Batch`.

    Args:
        pipeline: each picture gets noise of its own, see `Pipeline.own`.
        pattern: names of the results; {style} stands for the names of the steps: "salt-pepper+mean-blur".
    """

    def __init__(
        self,
        inputs: PathLike | Iterable[PathLike],
        output: PathLike,
        *,
        pipeline: Pipeline,
        options: WriteOptions | None = None,
        pattern: str = "{stem}",
        suffix: str | None = None,
        on_entry: Callable[[int, Entry], None] | None = None,
        enlarge: Factor | None = None,
        enlarger: "Enlarger | None" = None,
    ) -> None:
        self._pipeline = pipeline
        options = replace(options or WriteOptions(), format=None)  # the ending decides
        content = {"steps": pipeline.fingerprint, "options": asdict(options)}
        super().__init__(
            inputs,
            output,
            settings=hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest(),
            style="+".join(step.name for step in pipeline.steps),
            options=options,
            pattern=pattern,
            suffix=suffix,
            on_entry=on_entry,
            enlarge=enlarge,
            enlarger=enlarger,
        )

    def _work(self, found: Found, cancellation: Cancellation) -> Job[Picture]:
        result = yield from self._pipeline.own(found.relative).render(found.picture, cancellation)
        cancellation.check()
        yield Progress(1, 1, "comparing")
        self._qualities[found.source] = compare(found.picture.pixels, result.pixels)
        return result
