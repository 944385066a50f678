"""Style packs on their way into the gallery and out of it: copied, checked and deleted in the background."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PyQt5.QtCore import QObject, pyqtSignal
from PyQt5.QtWidgets import QWidget

from lapstyle.pack_metadata import is_pack, name_of
from lapstyle.packs import install_checkpoint, install_pack, remove_pack
from studio import files
from studio.services import Services
from studio.translation import translate
from studio.worker import single

if TYPE_CHECKING:
    from lapstyle.checkpoints import Checkpoint

CHECKPOINT = ".pdparams"
"""What the names of PaddleGAN's checkpoints end in, which hold no painting."""


def is_style_file(path: Path) -> bool:
    """Whether a file is a style pack, or says by its name that it can become one."""
    return path.suffix.lower() == CHECKPOINT or is_pack(path)


class PackIntake(QObject):
    """
    Signals:
        installed: the id of a pack that is in the user's folder now.
        removed: a pack is gone.
    """

    installed = pyqtSignal(str)
    removed = pyqtSignal()

    def __init__(self, services: Services, window: QWidget) -> None:
        """
        Args:
            window: asks where something must be asked.
        """
        super().__init__(window)
        self._services = services
        self._window = window

    def install(self, paths: Sequence[Path]) -> None:
        """Keep copies of these packs; of a checkpoint of PaddleGAN's, ask for its painting first."""
        for path in paths:
            if path.suffix.lower() == CHECKPOINT:
                self._look_at(path)
            else:
                self._keep(partial(install_pack, path))

    def _keep(self, install: Callable[[], Path]) -> None:
        task = self._services.background.submit(single(install), lasting=True)
        task.finished.connect(lambda kept: self.installed.emit(kept.stem))
        task.failed.connect(self._services.messages.failed)

    def _look_at(self, path: Path) -> None:
        """Nobody shall look for a painting first, and then be told that the checkpoint is of no use."""
        from lapstyle.checkpoints import load_checkpoint

        task = self._services.background.submit(single(partial(load_checkpoint, path)))
        task.finished.connect(self._ask_painting)
        task.failed.connect(self._services.messages.failed)

    def _ask_painting(self, checkpoint: "Checkpoint") -> None:
        title = translate("Packs", "The painting that {name} was made from").format(name=checkpoint.path.name)
        painting = files.ask_picture(self._window, title, self._services.preferences)
        if painting is None:
            told = translate("Packs", "{name} was not added: it needs the painting that it was made from.")
            self._services.messages.told.emit(told.format(name=checkpoint.path.name))
            return
        self._keep(partial(install_checkpoint, checkpoint.path, painting, name=name_of(painting)))

    def remove(self, id: str) -> None:
        """Delete the copy of an installed pack."""
        task = self._services.background.submit(single(partial(remove_pack, id)), lasting=True)
        task.finished.connect(lambda _: self.removed.emit())
        task.failed.connect(self._services.messages.failed)
