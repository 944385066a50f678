"""LapStyle: paints a photo in the style of a painting, at any size (Lin et al., CVPR 2021).

>>> picture = lapstyle.run(lapstyle.stylize("photo.jpg", "great-wave"))
>>> lapstyle.save(picture, "painted.jpg")

Names are loaded when they are first used: importing this package takes a few milliseconds, so that the window is on
the screen and the command line has its help before ONNX Runtime is loaded. Paddle is loaded by none of them.
"""

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lapstyle.painter import Painter
    from lapstyle.settings import STROKES, Settings
    from lapstyle.styles import Style, find_style, gallery
    from lapstyle.stylization import stylize
    from workbench.errors import StudioError
    from workbench.image_io import Picture, WriteOptions
    from workbench.image_io import read_picture as load
    from workbench.image_io import write_picture as save
    from workbench.progress import Cancellation, Cancelled, Progress, run

__version__ = "0.9.0"
__all__ = [
    "STROKES",
    "Cancellation",
    "Cancelled",
    "Painter",
    "Picture",
    "Progress",
    "Settings",
    "StudioError",
    "Style",
    "WriteOptions",
    "find_style",
    "gallery",
    "load",
    "run",
    "save",
    "stylize",
]

_HOMES = {
    "STROKES": "lapstyle.settings",
    "Cancellation": "workbench.progress",
    "Cancelled": "workbench.progress",
    "Painter": "lapstyle.painter",
    "Picture": "workbench.image_io",
    "Progress": "workbench.progress",
    "Settings": "lapstyle.settings",
    "StudioError": "workbench.errors",
    "Style": "lapstyle.styles",
    "WriteOptions": "workbench.image_io",
    "find_style": "lapstyle.styles",
    "gallery": "lapstyle.styles",
    "load": "workbench.image_io:read_picture",
    "run": "workbench.progress",
    "save": "workbench.image_io:write_picture",
    "stylize": "lapstyle.stylization",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'lapstyle' has no attribute {name!r}")
    home, _, original = _HOMES[name].partition(":")
    value = getattr(importlib.import_module(home), original or name)
    globals()[name] = value
    return value
