"""The menu of a painting in the gallery."""

from PyQt5.QtCore import QEvent, QObject, QPoint, Qt
from PyQt5.QtGui import QContextMenuEvent, QMouseEvent
from PyQt5.QtWidgets import QMenu

from studio.gallery import Gallery, StylesModel
from studio.look_words import settings_in_words
from studio.style_choice import StyleChoice
from studio.translation import translate


class GalleryMenu(QObject):
    """Opens a menu by the right button or the menu key: blend, teach, rename, remove."""

    def __init__(self, gallery: Gallery) -> None:
        super().__init__(gallery)
        self._gallery = gallery
        self.menu = QMenu(gallery)
        self.menu.setToolTipsVisible(True)
        gallery.view.installEventFilter(self)
        gallery.view.viewport().installEventFilter(self)

    def eventFilter(self, _watched: QObject | None, event: QEvent | None) -> bool:
        if isinstance(event, QContextMenuEvent):
            self._open(event)
            return True
        # The right button must not choose, which would end the blend that the menu is to change.
        return isinstance(event, QMouseEvent) and event.button() == Qt.MouseButton.RightButton

    def _open(self, event: QContextMenuEvent) -> None:
        view = self._gallery.view
        by_key = event.reason() == QContextMenuEvent.Reason.Keyboard
        index = view.currentIndex() if by_key else view.indexAt(view.viewport().mapFromGlobal(event.globalPos()))
        if not index.isValid():
            return
        view.selectionModel().setCurrentIndex(index, view.selectionModel().SelectionFlag.NoUpdate)
        place = view.viewport().mapToGlobal(view.visualRect(index).center()) if by_key else event.globalPos()
        self.fill(index.data(StylesModel.Choice))
        self.menu.popup(QPoint(place))

    def fill(self, style: StyleChoice) -> None:
        """Put what can be done with a style into the menu."""
        gallery, menu = self._gallery, self.menu
        chosen = [choice.id for choice in gallery.choice]
        menu.clear()
        alone = menu.addAction(translate("GalleryMenu", "&Paint in this style alone"))
        alone.triggered.connect(lambda: gallery.choose([style.id]))
        alone.setEnabled(chosen != [style.id])
        if style.id not in chosen:
            add = menu.addAction(translate("GalleryMenu", "&Add to the blend"))
            add.triggered.connect(lambda: gallery.choose([*chosen, style.id]))
        elif len(chosen) > 1:
            take = menu.addAction(translate("GalleryMenu", "&Take out of the blend"))
            take.triggered.connect(lambda: gallery.choose([id for id in chosen if id != style.id]))
        if style.settings:
            use = menu.addAction(translate("GalleryMenu", "&Use its settings"))
            use.setToolTip(settings_in_words(style.settings))
            use.triggered.connect(lambda: gallery.settings_wanted.emit(style))
        menu.addSeparator()
        if not style.pack:
            teach = menu.addAction(translate("GalleryMenu", "Teach this &style…"))
            teach.triggered.connect(lambda: gallery.teaching_wanted.emit(style))
        if style.renamable:
            menu.addAction(translate("GalleryMenu", "&Rename")).triggered.connect(gallery.rename_current)
        if style.own:
            menu.addAction(translate("GalleryMenu", "Re&move…")).triggered.connect(gallery.remove_current)
