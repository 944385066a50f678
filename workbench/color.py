"""Colour: any file's samples to sRGB and back, through LittleCMS (imagecodecs), and sample depths.

8 bits go through LittleCMS's optimised transforms, exact to one level. For 16 bits and floats these interpolate in a
coarse cube and are off by up to 6 % in the shadows, so there each pixel is computed in full (0.2 s a megapixel).
"""

from functools import lru_cache
from typing import Any, Literal

import numpy as np
from numpy.typing import DTypeLike, NDArray

from workbench.metadata import PROFILE_LIMIT

ColorSpace = Literal["gray", "rgb", "cmyk", "lab"]

_SPACE_OF_SIGNATURE: dict[bytes, ColorSpace] = {b"RGB ": "rgb", b"GRAY": "gray", b"CMYK": "cmyk", b"Lab ": "lab"}
_DEVICE_CLASSES = (b"mntr", b"scnr", b"prtr", b"spac")


def to_depth(samples: NDArray[Any], dtype: DTypeLike) -> NDArray[Any]:
    """Samples as uint8, uint16 or float32 in [0, 1], rounded to the nearest; floats are clipped first."""
    wanted = np.dtype(dtype)
    if samples.dtype == wanted and wanted != np.float32:
        return samples
    if samples.dtype == np.uint8 and wanted == np.uint16:
        return np.asarray(np.multiply(samples, 257, dtype=np.uint16))
    if samples.dtype == np.uint16 and wanted == np.uint8:
        rounded: NDArray[Any] = (samples.astype(np.uint32) + 128) // 257
        return rounded.astype(np.uint8)
    if samples.dtype.kind == "u":
        return np.asarray(np.divide(samples, np.float32(np.iinfo(samples.dtype).max), dtype=np.float32))
    clipped: NDArray[Any] = np.clip(np.nan_to_num(samples, nan=0.0, posinf=1.0, neginf=0.0), 0.0, 1.0)
    if wanted == np.float32:
        return clipped.astype(np.float32, copy=False)
    return np.rint(clipped * np.float32(np.iinfo(wanted).max)).astype(wanted)


def packed(samples: NDArray[Any]) -> NDArray[Any]:
    """The samples without gaps between them, and with strides that say so: codecs look at these even of one pixel."""
    return np.ascontiguousarray(samples).reshape(-1).reshape(samples.shape)


@lru_cache(maxsize=1)
def srgb_profile() -> bytes:
    """The sRGB profile that outputs are tagged with; always the same bytes."""
    import imagecodecs

    profile = bytearray(imagecodecs.cms_profile("srgb"))
    profile[24:36] = bytes.fromhex("07D0 0001 0001 0000 0000 0000")  # LittleCMS writes the time of day here
    return bytes(profile)


def profile_space(profile: bytes) -> ColorSpace | None:
    """The colour space that a profile describes; None for what is no usable profile."""
    if not 132 <= len(profile) <= PROFILE_LIMIT or profile[36:40] != b"acsp" or profile[12:16] not in _DEVICE_CLASSES:
        return None
    return _SPACE_OF_SIGNATURE.get(profile[16:20])


@lru_cache(maxsize=16)
def can_be_kept(profile: bytes) -> bool:
    """Whether painted pixels can be converted to this profile: one for RGB that works in both directions."""
    if profile_space(profile) != "rgb":
        return False
    try:
        from_srgb(np.zeros((1, 1, 3), np.uint8), profile)
        _transform(np.zeros((1, 1, 3), np.uint8), profile, srgb_profile(), "rgb")
    except ValueError:
        return False
    return True


def to_srgb(samples: NDArray[Any], space: ColorSpace, profile: bytes | None) -> tuple[NDArray[Any], str | None]:
    """Convert a file's samples to sRGB.

    Args:
        samples: [height, width] for gray, else [height, width, channels]; uint8, uint16 or float32 in [0, 1]. CMYK
            counts ink (0 is white). Lab is float32 with L in 0..100 and a, b around 0.
        profile: the file's own, if any.

    Returns:
        [height, width, 3] of the same dtype, and a sentence without its subject if the profile could not be used.
    """
    problem = None
    if profile is not None:
        described = profile_space(profile)
        if space == "gray" and described == "rgb":
            samples, space = np.stack([samples] * 3, axis=-1), "rgb"
        if described != space:
            problem = "has a colour profile that does not fit its pixels; it was ignored."
        elif space == "rgb" and _is_srgb(profile):
            return samples, None
        else:
            try:
                return _transform(samples, profile, srgb_profile(), space), None
            except ValueError:
                problem = "has a damaged colour profile; it was ignored."
    return _without_profile(samples, space), problem


def from_srgb(pixels: NDArray[Any], profile: bytes) -> NDArray[Any]:
    """sRGB pixels [height, width, 3] in the colours of an RGB profile, same dtype.

    Raises:
        ValueError: LittleCMS cannot use the profile in this direction.
    """
    return pixels if _is_srgb(profile) else _transform(pixels, srgb_profile(), profile, "rgb")


def flattened(pixels: NDArray[Any], alpha: NDArray[Any]) -> NDArray[Any]:
    """Pixels over white, for formats without transparency; same dtype."""
    cover = to_depth(alpha, np.float32)[..., None]
    return to_depth(to_depth(pixels, np.float32) * cover + (1 - cover), pixels.dtype)


@lru_cache(maxsize=16)
def _is_srgb(profile: bytes) -> bool:
    """Whether a profile is sRGB in all but name (a camera's or a vendor's): to one 8-bit level everywhere."""
    levels = np.linspace(0, 65535, 9).astype(np.uint16)
    cube = np.stack(np.meshgrid(levels, levels, levels), axis=-1).reshape(27, 27, 3)
    try:
        converted = _transform(cube, profile, srgb_profile(), "rgb")
    except ValueError:
        return False
    return bool(np.abs(converted.astype(np.int32) - cube).max() <= 257)


def _transform(samples: NDArray[Any], profile: bytes, to_profile: bytes, space: ColorSpace) -> NDArray[Any]:
    import imagecodecs

    cms = imagecodecs.CMS
    flags = cms.FLAGS.BLACKPOINTCOMPENSATION | cms.FLAGS.NOCACHE
    if samples.dtype != np.uint8:
        flags |= cms.FLAGS.NOOPTIMIZE
    if samples.dtype == np.float32 and space == "cmyk":
        samples = samples * np.float32(100)  # LittleCMS counts ink in percent
    try:
        converted: NDArray[Any] = imagecodecs.cms_transform(
            packed(samples),
            profile,
            to_profile,
            colorspace=space,
            outcolorspace="rgb",
            outdtype=samples.dtype,
            intent=cms.INTENT.RELATIVE_COLORIMETRIC,
            flags=flags,
        )
    except (RuntimeError, ValueError, TypeError) as error:
        raise ValueError(str(error)) from error
    return to_depth(converted, np.float32) if converted.dtype == np.float32 else converted


def _without_profile(samples: NDArray[Any], space: ColorSpace) -> NDArray[Any]:
    if space == "gray":
        return np.stack([samples] * 3, axis=-1)
    if space == "cmyk":
        paper = 1 - to_depth(samples, np.float32)
        return to_depth(paper[..., :3] * paper[..., 3:], samples.dtype)
    if space == "lab":
        return _transform(samples, _lab_profile(), srgb_profile(), "lab")
    return samples


@lru_cache(maxsize=1)
def _lab_profile() -> bytes:
    from PIL import ImageCms

    return ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
