"""Random numbers that belong to places of a picture, so that any part of it can be made alone and fits the whole."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench.tiles import Tile

BLOCK = 256  # px: the side of the squares that are drawn at once


@dataclass(frozen=True)
class RandomField:
    """One step's stream: the same numbers for the same seed, step and pixel, on every platform.

    Each block of 256x256 pixels has a generator of its own (SFC64, seeded by numpy's SeedSequence with the seed, the
    step's place in the pipeline and the block's row and column). Only raw bits are drawn, so that no library's floating
    point has a say.

    Attributes:
        seed: the pipeline's, 0 or more.
        index: the step's place in the pipeline; other steps have other, independent numbers.
    """

    seed: int
    index: int

    def bits32(self, tile: Tile, channels: int = 1) -> NDArray[np.uint32]:
        """[height, width, channels] of uniformly distributed 32-bit numbers."""
        return self._bits(tile, channels, np.dtype("<u4"))

    def bits16(self, tile: Tile, channels: int = 1) -> NDArray[np.uint16]:
        """[height, width, channels] of uniformly distributed 16-bit numbers."""
        return self._bits(tile, channels, np.dtype("<u2"))

    def _bits(self, tile: Tile, channels: int, dtype: np.dtype[np.unsignedinteger]) -> NDArray[np.unsignedinteger]:
        result = np.empty((tile.height, tile.width, channels), dtype)
        for row in range(tile.top // BLOCK, -(-tile.bottom // BLOCK)):
            for column in range(tile.left // BLOCK, -(-tile.right // BLOCK)):
                block = Tile(row * BLOCK, (row + 1) * BLOCK, column * BLOCK, (column + 1) * BLOCK)
                part = Tile(
                    max(tile.top, block.top),
                    min(tile.bottom, block.bottom),
                    max(tile.left, block.left),
                    min(tile.right, block.right),
                )
                drawn = self._block(row, column, channels, dtype)
                result[part.within(tile).slices] = drawn[part.within(block).slices]
        return result

    def _block(
        self, row: int, column: int, channels: int, dtype: np.dtype[np.unsignedinteger]
    ) -> NDArray[np.unsignedinteger]:
        generator = np.random.SFC64(np.random.SeedSequence((self.seed, self.index, row, column)))
        raw = generator.random_raw(BLOCK * BLOCK * channels * dtype.itemsize // 8)
        return raw.astype("<u8", copy=False).view(dtype).reshape(BLOCK, BLOCK, channels)
