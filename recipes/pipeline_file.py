"""A pipeline of noise and blur in a JSON file of its own; see `noise.pipeline` for what stands in it."""

import json
from pathlib import Path
from typing import Any

from noise.pipeline import Pipeline
from recipes.json_file import read_json
from workbench.errors import PresetForPainting
from workbench.output_file import put_in_place


def save_pipeline(pipeline: Pipeline, path: Path) -> None:
    """Write a pipeline; the file appears whole or not at all. Raises `OutputNotWritten`."""
    put_in_place(path, (json.dumps(pipeline.to_dict(), indent=2) + "\n").encode())


def load_pipeline(path: Path) -> Pipeline:
    """Read a pipeline.

    Raises:
        PictureMissing, PictureUnreadable: there is no such file, or it cannot be opened.
        PresetForPainting: it is a preset of `recipes.preset`.
        PresetWrong: it is not a pipeline; tells what is wrong.
    """

    def parse(content: Any) -> Pipeline:
        if isinstance(content, dict) and "styles" in content:
            raise PresetForPainting(path=path)
        return Pipeline.from_dict(content)

    return read_json(path, parse)
