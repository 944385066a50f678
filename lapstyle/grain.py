"""Grain: what a photo is given before its draft is painted, so that even areas become strokes.

Where a photo is even, nothing tells convolutions one place from the next: they paint one short stroke over and over, a
comb or weave along the pixels' rows and columns. White noise at the draft's scale, too weak to be seen in the photo,
gives every place something of its own to begin a stroke with. The paper has no such step. Networks should be trained
with it: a checkpoint says whether they were. The noise is the same for every photo of a size, so that a picture comes
out the same each time, in the preview as in the file.
"""

import numpy as np

from lapstyle.pyramid import Planes

DEVIATION = 3 / 255
"""Of the noise, where full scale is 1; `checkpoints.GRAIN` is how a file says that it wants it."""
SEED = 2104_05376


def grained(planes: Planes) -> Planes:
    """A photo, [3, height, width], with grain; about [0, 1], not clamped."""
    noise = np.random.default_rng(SEED).standard_normal(planes.shape[1:], dtype=np.float32)
    return planes + np.float32(DEVIATION) * noise
