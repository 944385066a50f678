"""Universal weights of earlier versions, which packs that were taught from them are painted with."""

import weights
from lapstyle.checkpoints import WANTED, Checkpoint, fitted
from workbench.checkpoint_file import read_checkpoint


def shipped_bases() -> set[str]:
    """SHA-256, in hexadecimal, of all the universal weights that a pack may have been taught from."""
    return {weights.manifest()[weights.UNIVERSAL]["sha256"], *weights.EARLIER}


def base_of(sha256: str, own: Checkpoint) -> Checkpoint:
    """The weights with this SHA-256 where they are the shipped ones of an earlier version; otherwise `own`.

    What has stayed the same is not in their files, so it is `own`'s: the encoder always is, and photos and styles are
    not seen twice. Weights that the user brought have no earlier version.
    """
    if sha256 not in weights.EARLIER or own.sha256 != weights.manifest()[weights.UNIVERSAL]["sha256"]:
        return own
    file = read_checkpoint(weights.path(weights.EARLIER[sha256]), WANTED)
    assert isinstance(file.content, dict)  # ours
    return fitted({**own.parameters, **file.content}, file.metadata, file.path, sha256)
