"""What the steps of noise, blur and restoration, and their parameters, are called in the window's language."""

from noise.step import Family, Step
from studio.translation import translate


def title_of_family(family: Family) -> str:
    """ "Noise"."""
    return {
        "noise": translate("Steps", "Noise"),
        "blur": translate("Steps", "Blur"),
        "restore": translate("Steps", "Restoration"),
    }[family]


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


def tip_of_step(kind: type[Step]) -> str:
    """What it does, in a sentence."""
    return {
        "salt-pepper": translate("Steps", "White and black pixels, scattered over the picture."),
        "gaussian-noise": translate("Steps", "Noise as a sensor has it, the same in light and dark."),
        "speckle": translate("Steps", "Noise that grows with the light, as radar and laser pictures have it."),
        "poisson": translate("Steps", "The noise of counted photons, as in too little light."),
        "film-grain": translate("Steps", "The grain of photographic film, strongest in the midtones."),
        "mean-blur": translate("Steps", "The mean of a square of pixels."),
        "gaussian-blur": translate("Steps", "A soft, even blur."),
        "bilateral": translate("Steps", "Smooths areas of nearly one colour and keeps edges."),
        "motion-blur": translate("Steps", "Blurs along a line, as when the camera moved."),
        "median": translate("Steps", "Takes single wrong pixels away and keeps edges."),
        "adaptive-median": translate("Steps", "Takes heavy salt and pepper away and spares the rest."),
        "non-local-means": translate("Steps", "Takes noise away by the mean of places that look alike."),
    }[kind.name]


def label_of_parameter(kind: type[Step], name: str) -> str:
    """ "Amount"; in the editor there is room for about ten letters beside a slider."""
    return {
        "amount": translate("Parameters", "Amount"),
        "angle": translate("Parameters", "Angle"),
        "color": translate("Parameters", "Coloured"),
        "length": translate("Parameters", "Length"),
        "pepper": translate("Parameters", "Pepper"),
        "per_channel": translate("Parameters", "Red, green and blue on their own"),
        "photons": translate("Parameters", "Photons"),
        "radius": translate("Parameters", "Radius"),
        "salt": translate("Parameters", "Salt"),
        "sigma": translate("Parameters", "Sigma") if kind.family == "blur" else translate("Parameters", "Amount"),
        "size": translate("Parameters", "Size"),
        "strength": translate("Parameters", "Strength"),
        "tolerance": translate("Parameters", "Tolerance"),
    }[name]


def tip_of_parameter(kind: type[Step], name: str) -> str:
    """What it sets, in a sentence."""
    return {
        "salt-pepper salt": translate("Parameters", "How many of all pixels turn white."),
        "salt-pepper pepper": translate("Parameters", "How many of all pixels turn black."),
        "salt-pepper per_channel": translate("Parameters", "Specks in all colours, instead of black and white ones."),
        "gaussian-noise sigma": translate("Parameters", "Standard deviation of the noise, of the way to white."),
        "gaussian-noise per_channel": translate("Parameters", "Coloured noise, instead of grey."),
        "speckle sigma": translate("Parameters", "Standard deviation of the noise, of each pixel's own light."),
        "speckle per_channel": translate("Parameters", "Coloured noise, instead of grey."),
        "poisson photons": translate("Parameters", "How many photons make white: fewer are noisier."),
        "film-grain amount": translate("Parameters", "Standard deviation of the grain in the midtones."),
        "film-grain size": translate("Parameters", "Diameter of the grains."),
        "film-grain color": translate("Parameters", "Grain of colour film, instead of black and white."),
        "mean-blur size": translate("Parameters", "Side of the square."),
        "gaussian-blur sigma": translate("Parameters", "Standard deviation of the blur: how far it reaches."),
        "bilateral sigma": translate("Parameters", "Standard deviation of the blur: how far it reaches."),
        "bilateral tolerance": translate("Parameters", "How different colours may be and still be smoothed."),
        "motion-blur length": translate("Parameters", "How far the camera moved."),
        "motion-blur angle": translate("Parameters", "0° is horizontal, 45° rises to the right, 90° is vertical."),
        "median radius": translate("Parameters", "Pixels to each side: 1 is a square of 3 × 3."),
        "adaptive-median radius": translate("Parameters", "How far the square may grow to each side."),
        "non-local-means strength": translate("Parameters", "As much as the noise: more smooths more."),
    }[f"{kind.name} {name}"]
