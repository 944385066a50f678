"""The paper's losses, pool and schedule, and the pictures that are trained on."""

from pathlib import Path

import numpy as np
import paddle
import pytest
from PIL import Image

from cyclegan.image_pool import ImagePool
from cyclegan.train import decayed, to_pixels, to_tensor
from cyclegan.train_enlarge import cosine, reduced
from cyclegan.training_losses import adversarial_loss, discriminator_loss, distance
from tests.picture_files import photo
from workbench.errors import FolderWithoutPictures, PictureMissing
from workbench.training_pictures import TrainingPictures, plain_square, to_enlarge, to_translate, zoomed_square


class TestLosses:
    scores = paddle.to_tensor([[0.5, 1.0], [-1.0, 0.0]])

    def test_adversarial(self) -> None:
        assert float(adversarial_loss(self.scores, True)) == pytest.approx((0.25 + 0 + 4 + 1) / 4)
        assert float(adversarial_loss(self.scores, False)) == pytest.approx((0.25 + 1 + 1 + 0) / 4)

    def test_discriminator(self) -> None:
        assert float(discriminator_loss(self.scores, self.scores)) == pytest.approx(0.5 * (5.25 + 2.25) / 4)
        assert float(discriminator_loss(paddle.ones([3]), paddle.zeros([3]))) == 0

    def test_cycle_and_identity(self) -> None:
        assert float(distance(self.scores, paddle.zeros([2, 2]))) == pytest.approx(2.5 / 4)


class TestSchedule:
    @pytest.mark.parametrize(("part", "expected"), [(0, 2e-4), (0.25, 2e-4), (0.5, 2e-4), (0.75, 1e-4), (1, 0)])
    def test_the_rate_stays_and_then_falls_in_a_line(self, part: float, expected: float) -> None:
        assert decayed(2e-4, part) == pytest.approx(expected)

    def test_the_rate_of_enlarging_falls_to_a_fiftieth(self) -> None:
        assert [cosine(1.0, part) for part in (0, 0.5, 1)] == pytest.approx([1, 0.51, 0.02])


def numbered(first: int, count: int) -> np.ndarray:
    return np.arange(first, first + count, dtype=np.float32).reshape(count, 1, 1, 1)


class TestPool:
    def test_it_fills_before_it_gives_anything_older(self) -> None:
        pool, random = ImagePool(5), np.random.default_rng(1)
        for first in range(5):
            assert pool.swapped(numbered(first, 1), random).item() == first
        assert [square.item() for square in pool.squares] == [0, 1, 2, 3, 4]

    def test_half_of_what_it_gives_is_older_from_anywhere_and_takes_its_place(self) -> None:
        pool, random = ImagePool(50), np.random.default_rng(1)
        pool.swapped(numbered(0, 50), random)
        older, places = 0, set()
        for number in range(50, 4050):
            held = [square.item() for square in pool.squares]
            given = pool.swapped(numbered(number, 1), random).item()
            if given != number:
                older += 1
                places.add(held.index(given))
                assert pool.squares[held.index(given)].item() == number
        assert 1900 < older < 2100  # 2000 expected, deviation 32
        assert places == set(range(50))

    def test_none_gives_back_what_it_gets(self) -> None:
        batch = numbered(0, 3)
        assert ImagePool(0).swapped(batch, np.random.default_rng(1)) is batch


@pytest.fixture
def junk(tmp_path: Path) -> Path:
    """Two pictures, one of them deeper down, among all sorts of other things."""
    (tmp_path / "deeper").mkdir()
    Image.fromarray(photo(60, 80)).save(tmp_path / "b.png")
    Image.fromarray(photo(50, 40)).convert("L").save(tmp_path / "deeper" / "grey.jpg")
    Image.fromarray(photo(8, 8)).save(tmp_path / "tiny.png")
    (tmp_path / "a.jpg").write_bytes(b"no picture")
    (tmp_path / "c.png").write_bytes((tmp_path / "b.png").read_bytes()[:900])
    (tmp_path / "d.jpg").symlink_to(tmp_path / "gone.jpg")
    (tmp_path / "empty.webp").touch()
    (tmp_path / "notes.txt").write_text("notes")
    return tmp_path


class TestPictures:
    def test_only_pictures_are_taken_from_a_folder_of_anything(self, junk: Path) -> None:
        pictures, random = to_translate(junk, junk / "run", 32), np.random.default_rng(3)
        shapes = {pictures.pick(random).shape for _ in range(40)}
        assert shapes == {(60, 80, 3), (50, 40, 3)}

    def test_what_was_found_useless_before_makes_no_difference(self, junk: Path) -> None:
        known, fresh = to_translate(junk, junk / "run", 32), to_translate(junk, junk / "run", 32)
        for index in range(len(known)):
            known.at(index)
        one, other = np.random.default_rng(3), np.random.default_rng(3)
        for _ in range(20):
            assert np.array_equal(known.pick(one), fresh.pick(other))
        assert one.bit_generator.state == other.bit_generator.state

    def test_a_folder_without_any_is_a_sentence(self, tmp_path: Path) -> None:
        (tmp_path / "a.jpg").write_bytes(b"no picture")
        with pytest.raises(FolderWithoutPictures, match=r"holds no pictures"):
            to_translate(tmp_path, tmp_path / "run", 32).at(0)
        with pytest.raises(PictureMissing):
            to_translate(tmp_path / "none", tmp_path / "run", 32)

    def test_memory_is_bounded(self, tmp_path: Path) -> None:
        for number in range(6):
            Image.fromarray(photo(40, 50)).save(tmp_path / f"{number}.png")
        one = 40 * 50 * 3
        pictures = TrainingPictures(tmp_path, tmp_path / "run", 1, lambda picture: picture, memory=3 * one)
        for index in range(6):
            pictures.at(index)
        assert sum(kept.nbytes for kept in pictures._kept.values()) == 3 * one

    def test_large_pictures_are_kept_small(self, tmp_path: Path) -> None:
        Image.fromarray(photo(300, 450)).save(tmp_path / "large.png")
        assert to_translate(tmp_path, tmp_path / "run", 32).at(0).shape == (64, 96, 3)
        assert to_enlarge(tmp_path, tmp_path / "run", 96).at(0).shape == (300, 450, 3)

    def test_transparent_parts_are_white(self, tmp_path: Path) -> None:
        Image.new("RGBA", (40, 40), (200, 0, 0, 0)).save(tmp_path / "clear.png")
        assert (to_translate(tmp_path, tmp_path / "run", 32).at(0) == 255).all()


class TestSquares:
    def test_they_come_from_anywhere_at_every_scale_and_mirrored(self) -> None:
        across = np.broadcast_to(np.arange(100, dtype=np.uint8)[None, :, None], (60, 100, 3)).copy()
        random = np.random.default_rng(4)
        ends = [(int(row[0]), int(row[-1])) for row in (zoomed_square(across, 32, random)[5, :, 0] for _ in range(300))]
        shown = [abs(right - left) for left, right in ends]
        assert 27 <= min(shown) < 34 and 54 < max(shown) <= 60  # half to all of 60 px
        assert 110 < sum(left > right for left, right in ends) < 190
        assert min(map(min, ends)) < 3 and max(map(max, ends)) > 96

    def test_those_of_enlarging_keep_their_pixels(self) -> None:
        pixels = np.random.default_rng(1).integers(0, 256, (40, 50, 3), np.uint8)
        square = plain_square(pixels, 40, np.random.default_rng(2))
        assert set(map(tuple, square.reshape(-1, 3))) <= set(map(tuple, pixels.reshape(-1, 3)))
        assert reduced(square[None], 4).shape == (1, 10, 10, 3)

    def test_to_numbers_and_back(self) -> None:
        pixels = photo(32, 32)[None]
        tensor = to_tensor(pixels)
        assert tensor.shape == [1, 3, 32, 32]
        assert float(tensor.min()) >= -1 and float(tensor.max()) <= 1
        assert np.array_equal(to_pixels(tensor), pixels)
