"""The tab that teaches a painting's style to the networks, and makes a style pack of it."""

from pathlib import Path

from PyQt5.QtCore import QPoint
from PyQt5.QtGui import QImage
from PyQt5.QtWidgets import QVBoxLayout

from studio.own_styles import OwnStyle
from studio.painting import Photo, read
from studio.pictures import Dropped
from studio.services import Services
from studio.style_choice import StyleChoice
from studio.tab import MenuActions, Tab
from studio.teach_page import TeachPage
from studio.translation import translate
from studio.worker import single


class TeachTab(Tab):
    """
    Attributes:
        page: all of it.
    """

    def __init__(self, services: Services) -> None:
        super().__init__(services)
        self.page = TeachPage(services)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.page)

    def title(self) -> str:
        return translate("Teach", "Teach a style")

    def menu_actions(self) -> MenuActions:
        return {"style": [self.page.go, None, self.page.use_model, self.page.show_folder]}

    def teach(self, choice: StyleChoice) -> None:
        """Set up the teaching of a painting of the gallery."""
        self.page.set_up()
        self.page.form.set_choice(choice)

    def show_photo(self, photo: Photo) -> None:
        """The photo that is painted is to be seen in the samples."""
        self.page.form.set_photo(photo.path)

    def open_path(self, path: Path) -> None:
        self.page.take((path,))

    def drop(self, dropped: Dropped, position: QPoint | None) -> None:
        if dropped.paths:
            self.page.take(dropped.paths)
        elif dropped.image is not None:
            self._keep(dropped.image)

    def _keep(self, image: QImage) -> None:
        """A picture without a file becomes one of the user's own paintings."""
        own = self.services.own_styles

        def add() -> OwnStyle:
            return own.add_picture(read(image), translate("StyleTab", "Pasted painting"))

        task = self.services.background.submit(single(add), lasting=True)
        task.finished.connect(lambda style: self.page.take((own.path(style),)))
        task.failed.connect(self.services.messages.failed)
