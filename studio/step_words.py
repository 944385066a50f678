"""What the steps of noise, blur and restoration are called in the window's language."""

from noise.step import Step
from studio.translation import translate


def title_of_step(kind: type[Step]) -> str:
    """ "Salt and pepper"."""
    return {
        "salt-pepper": translate("Steps", "Salt and pepper"),
        "gaussian-noise": translate("Steps", "Gaussian noise"),
        "speckle": translate("Steps", "Speckle"),
        "poisson": translate("Steps", "Poisson noise"),
        "film-grain": translate("Steps", "Film grain"),
        "mean-blur": translate("Steps", "Mean blur"),
        "gaussian-blur": translate("Steps", "Gaussian blur"),
        "bilateral": translate("Steps", "Bilateral filter"),
        "motion-blur": translate("Steps", "Motion blur"),
        "median": translate("Steps", "Median"),
        "adaptive-median": translate("Steps", "Adaptive median"),
        "non-local-means": translate("Steps", "Non-local means"),
    }[kind.name]
