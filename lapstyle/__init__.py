"""LapStyle: paints a photo in the style of a painting, at any size (Lin et al., CVPR 2021).

>>> picture = lapstyle.run(lapstyle.stylize("photo.jpg", "great-wave"))
>>> lapstyle.save(picture, "painted.jpg")
"""

from lapstyle.painter import Painter
from lapstyle.settings import STROKES, Settings
from lapstyle.styles import Style, find_style, gallery
from lapstyle.stylize import stylize
from workbench.errors import StudioError
from workbench.image_io import Picture, WriteOptions
from workbench.image_io import read_picture as load
from workbench.image_io import write_picture as save
from workbench.progress import Cancellation, Cancelled, Progress, run

__version__ = "0.1.0"
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
