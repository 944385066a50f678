"""A style pack's file: what one painting taught, in safetensors, read as the untrusted file it is.

A *tuned* pack holds the parameters that differ from the universal weights it was taught from, a *whole* one all that
painting needs, such as PaddleGAN's checkpoints. Both hold the painting itself, from which its statistics are taken.
"""

import hashlib
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast

import numpy as np
import safetensors.numpy
from numpy.typing import NDArray

from lapstyle import checkpoints
from lapstyle.checkpoints import Checkpoint
from lapstyle.pack_metadata import (
    FORMAT,
    PAINTING,
    PREVIEW,
    THUMBNAIL,
    VERSION,
    WHOLE_LIMIT,
    PackKind,
    check_texts,
    describe,
    size_limit,
)
from lapstyle.settings import Settings
from workbench.checkpoint_file import Parameters, read_checkpoint
from workbench.decoding import open_with_pillow
from workbench.errors import (
    CheckpointDamaged,
    CheckpointMismatch,
    PackDamaged,
    PackForOtherWeights,
    PackTooLarge,
)
from workbench.image_io import Picture, WriteOptions, read_picture, resized, write_picture
from workbench.output_file import put_in_place
from workbench.safe_pickle import printable

PICTURE_LIMIT = 1_000_000  # bytes of each picture
PICTURES = (PAINTING, THUMBNAIL, PREVIEW)
PAINTING_SIDE = 512  # px, short side: the largest a style is encoded at
LONGEST = 2048  # px, of a picture in a pack
THUMBNAIL_SIDE, PREVIEW_SIDE = 320, 768  # px, long side
PAINTING_QUALITY, SMALL_QUALITY = 90, 80
WANTED = "style pack"  # in error messages


@dataclass(frozen=True, eq=False)
class StylePack:
    """What a pack holds, checked.

    Attributes:
        path: the file.
        name, artist, licence: of the painting; the name is never empty.
        kind: "tuned" or "whole".
        base: SHA-256, in hexadecimal, of the weights that a tuned pack was taught from; "" for a whole one.
        settings: what the painting looks best with: some of the values of `Settings`.
        painting: the painting itself, its short side at most `PAINTING_SIDE` or so.
        thumbnail: the painting as WebP, its long side at most `THUMBNAIL_SIDE`.
        preview: the pack at work on a photo, as WebP, or None.
        parameters: of a tuned pack, what replaces the base's: "net_dec.convblock_31.conv_block.1.weight", ...;
            float32, finite, read-only. Empty for a whole one.
        whole: the checkpoint of a whole pack, or None.
        sha256: of the file, in hexadecimal.
    """

    path: Path
    name: str
    artist: str
    licence: str
    kind: PackKind
    base: str
    settings: dict[str, Any]
    painting: Picture = field(repr=False)
    thumbnail: bytes = field(repr=False)
    preview: bytes | None = field(repr=False)
    parameters: Parameters = field(repr=False)
    whole: Checkpoint | None = field(repr=False)
    sha256: str

    def checkpoint(self, base: Checkpoint) -> Checkpoint:
        """The weights to paint with, where `base` is what the painter paints all other styles with.

        Raises:
            PackForOtherWeights: a tuned pack was taught from others.
        """
        if self.whole is not None:
            return self.whole
        if base.sha256 != self.base:
            raise PackForOtherWeights(path=self.path, weights=base.path.name)
        for name, array in self.parameters.items():
            if name not in base.parameters or base.parameters[name].shape != array.shape:
                raise PackForOtherWeights(path=self.path, weights=base.path.name)
        return replace(base, path=self.path, parameters=base.parameters | self.parameters, sha256=self.sha256)


def read_pack(path: Path | str) -> StylePack:
    """A pack, every part of it checked and bounded. Nothing in it is run.

    Raises:
        CheckpointMissing, CheckpointUnreadable: there is no such file, or it may not be opened.
        PackDamaged: anything in it is missing, unknown, too large, of another shape or type, or not finite.
    """
    path = Path(path)
    try:
        size = path.stat().st_size
    except OSError:
        size = 0  # the next line says what is wrong
    if size > WHOLE_LIMIT:
        raise PackDamaged(path=path, reason=f"it is larger than {WHOLE_LIMIT // 1_000_000} MB")
    try:
        file = read_checkpoint(path, WANTED)
    except CheckpointDamaged as problem:
        raise PackDamaged(path=path, reason=problem.details["reason"]) from None
    except CheckpointMismatch as problem:
        raise PackDamaged(path=path, reason=_of_parameter(problem)) from None
    tensors = cast(dict[str, object], file.content if isinstance(file.content, dict) else {})
    return _checked(path, size, tensors, file.metadata, file.sha256)


def write_pack(
    path: Path | str,
    *,
    name: str,
    artist: str = "",
    licence: str = "",
    settings: Mapping[str, Any] | None = None,
    painting: Picture,
    preview: Picture | None = None,
    base: str,
    parameters: Mapping[str, NDArray[Any]],
) -> None:
    """Write a tuned pack, whole or not at all; what was written can be read.

    Args:
        settings: some of those of `lapstyle.settings.Settings`, by name.
        base: SHA-256 of the weights' file that was tuned (`Checkpoint.sha256`).
        parameters: what differs from them, by the checkpoint's full names; kept as float16.

    Raises:
        SettingWrong: a text is too long, or a setting is out of its range.
        PackTooLarge: more than 4 MB.
        PackDamaged: a parameter is not the drafting decoder's or a revision's, or not finite.
        OutputNotWritten: the disk or the folder refuses.
    """
    texts = {"name": name, "artist": artist, "licence": licence}
    data = pack_bytes(
        Path(path),
        "tuned",
        texts,
        settings=settings or {},
        pictures=encoded_pictures(painting, preview),
        parameters=parameters,
        base=base,
    )
    put_in_place(Path(path), data)


def encoded_pictures(painting: Picture, preview: Picture | None = None) -> dict[str, bytes]:
    """The pictures of a pack as WebP, at the sizes they have there."""
    pictures = {PAINTING: _painting(painting), THUMBNAIL: _small(painting, THUMBNAIL_SIDE)}
    return pictures if preview is None else {**pictures, PREVIEW: _small(preview, PREVIEW_SIDE)}


def whole_pack_bytes(checkpoint: Checkpoint, texts: Mapping[str, str], painting: Picture) -> bytes:
    """The file of a whole pack: all that painting needs of a checkpoint, and the painting.

    Args:
        texts: name, artist and licence.

    Raises:
        SettingWrong, PackTooLarge, PackDamaged: as `write_pack`.
    """
    needed = {name: array for name, array in checkpoint.parameters.items() if not checkpoints.only_trains(name)}
    kind = checkpoints.describing(checkpoint.kind, palette=checkpoint.palette, grain=checkpoint.grain)
    pictures = encoded_pictures(painting)
    return pack_bytes(checkpoint.path, "whole", texts, settings={}, pictures=pictures, parameters=needed, **kind)


def pack_bytes(
    path: Path,
    kind: PackKind,
    texts: Mapping[str, str],
    *,
    settings: Mapping[str, Any],
    pictures: Mapping[str, bytes],
    parameters: Mapping[str, NDArray[Any]],
    **metadata: str,
) -> bytes:
    """The content of a pack's file, checked as on reading; `path` is what errors name."""
    check_texts(**texts)
    Settings.from_dict(dict(settings))
    with np.errstate(over="ignore"):  # what becomes infinite is refused below
        tensors = {name: np.ascontiguousarray(array, np.float16) for name, array in parameters.items()}
    tensors |= {name: np.frombuffer(data, np.uint8) for name, data in pictures.items()}
    described = {"format": FORMAT, "version": VERSION, "kind": kind, "settings": json.dumps(dict(settings)), **texts}
    data = safetensors.numpy.save(tensors, described | metadata)
    limit = size_limit(kind)
    if len(data) > limit:
        raise PackTooLarge(path=path, megabytes=round(len(data) / 1e6, 2), limit=limit // 1_000_000)
    _checked(path, len(data), tensors, described | metadata, hashlib.sha256(data).hexdigest())
    return data


def _painting(painting: Picture) -> bytes:
    short, long = sorted((painting.width, painting.height))
    fitting = min(round(long * min(1, PAINTING_SIDE / short)), LONGEST)
    return _webp(resized(painting, fitting), PAINTING_QUALITY)


def _small(picture: Picture, long_side: int) -> bytes:
    return _webp(resized(picture, min(long_side, max(picture.width, picture.height))), SMALL_QUALITY)


def _webp(picture: Picture, quality: int) -> bytes:
    memory = io.BytesIO()
    write_picture(Picture(picture.pixels), memory, options=WriteOptions(quality=quality, format="webp"))
    return memory.getvalue()


def _checked(
    path: Path, size: int, tensors: Mapping[str, object], metadata: Mapping[str, object], sha256: str
) -> StylePack:
    """The pack that a file's content makes; raises `PackDamaged`."""
    try:
        described = describe(metadata)
        if size > size_limit(described["kind"]):
            raise ValueError(f"it is larger than {size_limit(described['kind']) // 1_000_000} MB")
        pictures = {name: _bytes(tensors[name], name) for name in PICTURES if name in tensors}
        for name in (PAINTING, THUMBNAIL):
            if name not in pictures:
                raise ValueError(f"it has no {name}")
        painting = {name: _picture(data, name) for name, data in pictures.items()}[PAINTING]
        numbers = {name: tensor for name, tensor in tensors.items() if name not in PICTURES}
        whole, parameters = None, {}
        if described["kind"] == "whole":
            whole = checkpoints.fitted(numbers, metadata, path, sha256)
        else:
            parameters = {name: _tuned(name, tensor) for name, tensor in numbers.items()}
    except CheckpointMismatch as problem:
        raise PackDamaged(path=path, reason=_of_parameter(problem)) from None
    except ValueError as problem:
        raise PackDamaged(path=path, reason=printable(str(problem))) from None
    return StylePack(
        path=path,
        painting=painting,
        thumbnail=pictures[THUMBNAIL],
        preview=pictures.get(PREVIEW),
        parameters=parameters,
        whole=whole,
        sha256=sha256,
        **described,
    )


def _bytes(tensor: object, name: str) -> bytes:
    if not isinstance(tensor, np.ndarray) or tensor.dtype != np.uint8 or tensor.ndim != 1:
        raise ValueError(f"its {name} is not a row of bytes")
    if tensor.size > PICTURE_LIMIT:
        raise ValueError(f"its {name} is larger than {PICTURE_LIMIT // 1_000_000} MB")
    return tensor.tobytes()


def _picture(data: bytes, name: str) -> Picture:
    """A WebP picture whose size was checked by its head, before it was decoded; raises `ValueError`."""
    try:
        with open_with_pillow(data, name) as image:
            kind, size = image.format, image.size
        if kind == "WEBP" and max(size) <= LONGEST:
            return Picture(read_picture(data, name=name).pixels)
    except Exception as problem:  # Pillow raises almost anything over damaged files
        raise ValueError(f"its {name} is damaged") from problem
    raise ValueError(f"its {name} is not a WebP picture of at most {LONGEST} px a side")


def _tuned(name: str, tensor: object) -> NDArray[np.float32]:
    shapes = checkpoints.tunable_shapes(name)
    if not shapes:
        raise ValueError(f"{name} is no parameter that can be taught")
    if not isinstance(tensor, np.ndarray) or tensor.dtype != np.float16:
        raise ValueError(f"{name} is not of type float16")
    if tensor.shape not in shapes:
        raise ValueError(f"{name} has shape {list(tensor.shape)}, needs {list(shapes[0])}")
    widened = tensor.astype(np.float32)
    if not np.isfinite(widened).all():
        raise ValueError(f"{name} holds numbers that are not finite")
    widened.flags.writeable = False
    return widened


def _of_parameter(problem: CheckpointMismatch) -> str:
    return f"{problem.details['parameter']} {problem.details['reason']}"
