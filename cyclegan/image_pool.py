"""Earlier translations, shown to a discriminator again (Shrivastava et al. 2017; Zhu et al. 2017, section 4)."""

import numpy as np
from numpy.typing import NDArray

Squares = NDArray[np.float32]


class ImagePool:
    """Half of what it gives is what it was just given, half is older, once it is full.

    Attributes:
        size: squares that it keeps; 0 gives back what it gets.
        squares: those that it has, [3, side, side] each, in their places.
    """

    def __init__(self, size: int) -> None:
        self.size = size
        self.squares: list[Squares] = []

    def swapped(self, batch: Squares, random: np.random.Generator) -> Squares:
        """[batch, 3, side, side]: each square itself, or an earlier one, whose place it then takes."""
        if not self.size:
            return batch
        given = []
        for square in batch:
            if len(self.squares) < self.size:
                self.squares.append(square)
                given.append(square)
            elif random.random() < 0.5:
                place = int(random.integers(self.size))
                given.append(self.squares[place])
                self.squares[place] = square
            else:
                given.append(square)
        return np.stack(given)
