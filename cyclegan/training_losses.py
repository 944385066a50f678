"""What a CycleGAN is trained for (Zhu et al. 2017, section 3), in Paddle. Pictures and scores may have any shape."""

from paddle import Tensor


def adversarial_loss(scores: Tensor, real: bool) -> Tensor:
    """LSGAN (Mao et al. 2017): mean squared distance of a discriminator's scores from 1 for real, 0 for translated."""
    return ((scores - float(real)) ** 2).mean()


def discriminator_loss(of_real: Tensor, of_translated: Tensor) -> Tensor:
    """Half of what it errs by on both, which slows it down against the generators (section 4)."""
    return 0.5 * (adversarial_loss(of_real, True) + adversarial_loss(of_translated, False))


def distance(picture: Tensor, wanted: Tensor) -> Tensor:
    """Mean absolute difference: the cycle loss (equation 2) of a picture and its translation there and back, the
    identity loss (section 5.2) of a picture and its translation into what it is already."""
    return (picture - wanted).abs().mean()
