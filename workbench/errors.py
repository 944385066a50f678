"""Typed errors, each with the sentence that the user reads.

A sentence names the file and says what to do. It is a template, so that the window can show it translated:
``translate(type(error).sentence).format(**error.details)``.
"""

from typing import ClassVar


class StudioError(Exception):
    """Something the user can act on; ``str(error)`` is the English sentence."""

    sentence: ClassVar[str] = "{reason}"

    def __init__(self, **details: object) -> None:
        self.details = details
        super().__init__(self.sentence.format(**details))


class PictureMissing(StudioError):
    sentence = "{path} does not exist. Check the name and try again."


class NotAPicture(StudioError):
    sentence = "{path} is not a picture. Give a JPEG, PNG, WebP, TIFF, BMP, HEIC or AVIF file."


class PictureDamaged(StudioError):
    sentence = "{path} is damaged or cut short ({reason}). Copy it again from where it came from."


class PictureTooLarge(StudioError):
    sentence = "{path} has {megapixels} megapixels; at most {limit} can be opened. Make it smaller first."


class PictureUnreadable(StudioError):
    sentence = "{path} cannot be read ({reason}). Check that the file may be opened by you."


class PictureUnsupported(StudioError):
    sentence = "{path} cannot be opened here ({reason}). Save it as PNG, TIFF or JPEG in another program first."


class PictureSideTooLong(StudioError):
    sentence = "{path} is {width} x {height} pixels; neither side may exceed {limit}. Make it smaller first."


class PictureTooLargeToWrite(StudioError):
    sentence = (
        "{path} cannot hold {width} x {height} pixels: {format} allows {limit} a side. "
        "Use PNG or TIFF, or a smaller size."
    )


class PictureShapeWrong(StudioError):
    sentence = "{name} must be an array of shape [height, width, 3] in uint8, uint16 or float32 in [0, 1]; got {got}."


class ArrayShapeWrong(PictureShapeWrong):
    sentence = (
        "{name} must be an array of shape [height, width], [height, width, 3] or [height, width, 4] "
        "in uint8, uint16 or float32 in [0, 1]; got {got}."
    )


class FormatUnknown(StudioError):
    sentence = "{path} has no ending that names a format we write. Use one of {known}."


class NameNotKept(FormatUnknown):
    sentence = (
        "{path} was left out: its result is to have the same name, and no picture is written with this ending. "
        "Save it as PNG, TIFF or JPEG first."
    )


class OutputNotWritten(StudioError):
    sentence = "{path} could not be written ({reason}). Choose another folder or free some space."


class OutputIsInput(StudioError):
    sentence = "{path} is the original picture and is never overwritten. Choose another name."


class OutputExists(StudioError):
    sentence = "{path} exists already and was not written by this program. Move it away or choose another folder."


class SettingWrong(StudioError):
    sentence = "{name} cannot be {value}: {expected}."


class StyleUnknown(StudioError):
    sentence = "There is no style called {name}. Give a picture file or one of: {known}."


class ModelUnknown(StudioError):
    sentence = "There is no model called {name}: give a checkpoint's file, or the name of one that ships ({known})."


class PresetWrong(StudioError):
    sentence = "{path} is not a preset this program can use ({reason}). Save the preset again."


class PresetForPainting(PresetWrong):
    sentence = "{path} is a preset for painting. Choose a file with steps of noise and blur, or paint with it."


class PresetOfSteps(PresetWrong):
    sentence = (
        "{path} holds steps of noise and blur. "
        "Choose a preset for painting, or put the steps before or after a painting."
    )


class CheckpointMissing(StudioError):
    sentence = "There is no checkpoint at {path}. Check the name and try again."


class CheckpointUnreadable(StudioError):
    sentence = "{path} cannot be read ({reason}). Check that the file may be opened by you."


class CheckpointUnsafe(StudioError):
    sentence = "{path} was refused: it would run {name} on loading. Get the checkpoint from someone you trust."


class CheckpointDamaged(StudioError):
    sentence = "{path} is not a readable checkpoint ({reason}). Download it again."


class CheckpointMismatch(StudioError):
    sentence = "{path} does not fit: {parameter} {reason}. Use a {wanted} checkpoint."


class DeviceMissing(StudioError):
    sentence = "There is no {device} to paint on: {reason}. Use --device auto or cpu."


class FolderWithoutPictures(StudioError):
    sentence = "{path} holds no pictures. Choose a folder with photos in it."


class DataFileMissing(StudioError):
    sentence = "{name} is not part of this installation. Install LapStyle Studio again."


class OutputChanged(OutputExists):
    sentence = "{path} exists already and was changed since this program wrote it. Move it away to have it made again."


class OutputTaken(OutputExists):
    sentence = "{path} exists already and was made from another picture, {source}. Choose another folder or name."


class FolderInUse(StudioError):
    sentence = "{path} is being filled by another run. Wait until it has ended, or choose another folder."


class JournalDamaged(StudioError):
    sentence = (
        "{path} does not say which pictures are done ({reason}). It was kept as {kept}; "
        "the pictures that are there already will not be replaced."
    )


class FolderUnreadable(StudioError):
    sentence = "{path} cannot be opened ({reason}). Check that the folder may be opened by you."


class MemoryFull(StudioError):
    sentence = "There is not enough memory for {path}. Close other programs or make the picture smaller."


class WorkFailed(StudioError):
    sentence = "{path} failed for an unexpected reason ({reason}). The log has the details."


class ChildFailed(StudioError):
    sentence = "The work in {path} ended unexpectedly ({code}). What it had saved is kept: start it again to go on."


class TrainingWrong(StudioError):
    sentence = "{path} does not hold a training that can go on ({reason}). Choose another folder, or begin a new one."


class TrainingExists(StudioError):
    sentence = "{path} already holds files. Choose a new folder for the training."


class TrainingDiverged(StudioError):
    sentence = (
        "The training in {path} does not converge: its losses are no numbers any more. Use a lower learning rate."
    )


class PackDamaged(StudioError):
    sentence = "{path} is not a style pack that can be used ({reason}). Get it again from where it came from."


class PackForOtherWeights(StudioError):
    sentence = "{path} was taught from other weights than {weights}. Teach the style again, or paint with its weights."


class PackTooLarge(StudioError):
    sentence = "{path} would have {megabytes} MB, but a style pack has at most {limit} MB. Tune fewer layers."


class PackUnknown(StudioError):
    sentence = "There is no installed style pack called {name}. Installed are: {known}."


class PackWithoutPainting(StudioError):
    sentence = "{path} holds no painting to take the style from. Give the painting that it was made from, too."
