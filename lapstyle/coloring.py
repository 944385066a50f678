"""Keeping the photo's own colours (Gatys et al. 2016, "Preserving Color in Neural Artistic Style Transfer")."""

import numpy as np

from lapstyle.pyramid import Planes

LUMINANCE = np.array([0.299, 0.587, 0.114], np.float32).reshape(3, 1, 1)  # of sRGB values, Rec. 601, as YIQ


def with_color_of(photo: Planes, painted: Planes, share: float) -> Planes:
    """The painting with a share of the photo's colours.

    At share 1 each pixel has the painting's luminance and the photo's chrominance. Where both do not fit into [0, 1],
    the chrominance gives way, so that hue and light and dark stay (Gatys et al. clip, which shifts both).

    Args:
        photo, painted: [3, height, width] in [0, 1].
        share: 0 (the painting as it is) to 1.
    """
    if share == 0:
        return painted
    light = (painted * LUMINANCE).sum(axis=0)
    chrominance = photo - (photo * LUMINANCE).sum(axis=0)
    highest, lowest = chrominance.max(axis=0), chrominance.min(axis=0)
    room = np.minimum(
        np.divide(1 - light, highest, out=np.ones_like(light), where=highest > 1e-6),
        np.divide(light, -lowest, out=np.ones_like(light), where=lowest < -1e-6),
    )
    colored = light + np.clip(room, 0, 1) * chrominance
    return np.clip(painted + np.float32(share) * (colored - painted), 0, 1)
