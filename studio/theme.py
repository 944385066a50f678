"""Light and dark: one palette each for Qt's Fusion style, and the few rules that a palette cannot say."""

import subprocess
import sys
from dataclasses import dataclass
from importlib import resources

from PyQt5.QtCore import QByteArray, QSettings, QSize, Qt
from PyQt5.QtGui import QColor, QIcon, QPainter, QPalette, QPixmap
from PyQt5.QtSvg import QSvgRenderer
from PyQt5.QtWidgets import QApplication

from studio.system_theme import SystemTheme

SPACE = 8  # px: every margin and gap is a multiple of half of it
PANEL_WIDTH = 336
NOT_CUT = int(Qt.TextFlag.TextDontClip)  # Chinese letters may come from another font, and be taller than its lines
Role = QPalette.ColorRole
WINDOWS_KEY = r"HKEY_CURRENT_USER\Software\Microsoft\Windows\CurrentVersion\Themes\Personalize"


@dataclass(frozen=True)
class Colors:
    """The colours of a theme, as "#rrggbb"."""

    window: str
    panel: str
    field: str
    canvas: str
    line: str
    text: str
    quiet: str
    accent: str
    on_accent: str
    warning: str


LIGHT = Colors(
    window="#f3f3f4", panel="#fbfbfb", field="#ffffff", canvas="#dcdcde", line="#d2d2d6", text="#1c1c1f",
    quiet="#66666e", accent="#0a67c7", on_accent="#ffffff", warning="#fdecc8",
)  # fmt: skip
DARK = Colors(
    window="#202022", panel="#28282b", field="#1a1a1c", canvas="#141415", line="#3a3a3f", text="#ececee",
    quiet="#9a9aa3", accent="#4c9df0", on_accent="#08131f", warning="#4a3a12",
)  # fmt: skip

STYLE = """
QToolTip {{ color: {text}; background: {panel}; border: 1px solid {line}; padding: 4px; }}
QMainWindow::separator, QSplitter::handle {{ background: {line}; }}
#panel {{ background: {panel}; }}
#quiet {{ color: {quiet}; }}
#messageBar {{ background: {warning}; border-bottom: 1px solid {line}; }}
QToolButton {{ border: 1px solid transparent; border-radius: 5px; padding: 5px; background: transparent; }}
QToolButton:hover {{ background: {line}; }}
QToolButton:checked {{ background: {line}; }}
QToolButton:focus {{ border-color: {accent}; }}
QToolButton#menu {{ border-color: {line}; background: {field}; }}
QToolButton#menu:hover {{ border-color: {quiet}; }}
QToolButton#menu:focus {{ border-color: {accent}; }}
QToolButton#menu::menu-indicator {{ image: none; }}
#card {{ border: 1px solid {line}; border-radius: 6px; background: {panel}; }}
#card[dragged="true"] {{ border-color: {accent}; background: {field}; }}
QPushButton {{ border: 1px solid {line}; border-radius: 5px; padding: 6px 14px; background: {field}; }}
QPushButton:hover {{ border-color: {quiet}; }}
QPushButton:checked {{ background: {line}; border-color: {quiet}; }}
QPushButton:focus {{ border-color: {accent}; }}
#texture > QPushButton {{ padding: 6px 2px; }}
QPushButton::menu-indicator {{ subcontrol-origin: padding; subcontrol-position: right center; right: 8px; }}
QPushButton:disabled {{ color: {quiet}; background: transparent; }}
QPushButton#primary:enabled {{ background: {accent}; color: {on_accent}; border-color: {accent}; font-weight: 600; }}
QPushButton#primary:focus {{ border-color: {text}; }}
QLineEdit, QSpinBox, QDoubleSpinBox {{ border: 1px solid {line}; border-radius: 5px; padding: 4px 6px;
    background: {field}; }}
QSpinBox, #card QDoubleSpinBox {{ padding: 1px 0; border-color: transparent; background: transparent; }}
QLineEdit:focus, QSpinBox:focus, QDoubleSpinBox:focus, #card QDoubleSpinBox:focus {{ border-color: {accent}; }}
QSpinBox::up-button, QSpinBox::down-button {{ width: 0; border: none; }}
QDialog QSpinBox, QDialog QDoubleSpinBox {{ border: 1px solid {line}; border-radius: 5px; padding: 4px 6px;
    background: {field}; }}
QDialog QSpinBox:focus, QDialog QDoubleSpinBox:focus {{ border-color: {accent}; }}
QDialog QSpinBox:disabled, QDialog QDoubleSpinBox:disabled {{ color: {quiet}; background: transparent; }}
QDoubleSpinBox::up-button, QDoubleSpinBox::down-button {{ width: 0; border: none; }}
QCheckBox::indicator:unchecked {{ border: 1px solid {quiet}; border-radius: 3px; background: {field};
    width: 13px; height: 13px; }}
QSlider::groove:horizontal {{ height: 3px; border-radius: 1px; background: {line}; }}
QSlider::sub-page:horizontal {{ height: 3px; border-radius: 1px; background: {accent}; }}
QSlider::sub-page:horizontal:disabled {{ background: {line}; }}
QSlider::handle:horizontal {{ width: 14px; height: 14px; margin: -6px 0; border-radius: 7px;
    background: {field}; border: 1px solid {quiet}; }}
QSlider::handle:horizontal:hover {{ border-color: {accent}; }}
QSlider::handle:horizontal:focus {{ border: 2px solid {accent}; }}
QProgressBar {{ border: none; background: transparent; max-height: 3px; min-height: 3px; }}
QProgressBar::chunk {{ background: {accent}; }}
QTabWidget::pane {{ border: none; border-top: 1px solid {line}; }}
QTabBar {{ qproperty-drawBase: 0; }}
QTabBar::tab {{ border: none; border-bottom: 2px solid transparent; padding: 5px 16px; color: {quiet};
    background: transparent; }}
QTabBar::tab:hover {{ color: {text}; }}
QTabBar::tab:selected {{ color: {text}; border-bottom-color: {accent}; }}
QTabBar::tab:focus {{ color: {accent}; }}
QMenu::separator {{ height: 1px; margin: 4px 8px; background: {line}; }}
QListView {{ border: none; background: {panel}; }}
#filmstrip {{ background: {window}; border-top: 1px solid {line}; }}
QScrollBar:horizontal {{ height: 10px; background: transparent; margin: 0; }}
QScrollBar::handle:horizontal {{ background: {line}; border-radius: 3px; min-width: 32px; margin: 2px 0; }}
QScrollBar::handle:horizontal:hover {{ background: {quiet}; }}
QScrollBar:vertical {{ width: 10px; background: transparent; margin: 0; }}
QScrollBar::handle:vertical {{ background: {line}; border-radius: 3px; min-height: 32px; margin: 0 2px; }}
QScrollBar::handle:vertical:hover {{ background: {quiet}; }}
QScrollBar::add-line, QScrollBar::sub-line {{ height: 0; width: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
QDialogButtonBox {{ dialogbuttonbox-buttons-have-icons: 0; }}
QStatusBar {{ border-top: 1px solid {line}; color: {quiet}; }}
QStatusBar::item {{ border: none; }}
QScrollArea, QScrollArea > QWidget > QWidget {{ border: none; background: transparent; }}
"""


def system_is_dark(default: QPalette) -> bool:
    """Whether the system asks for dark windows.

    Args:
        default: the palette where no theme is set: right on macOS, KDE and GNOME with Qt's platform theme.
    """
    if sys.platform == "win32":
        light = QSettings(WINDOWS_KEY, QSettings.Format.NativeFormat).value("AppsUseLightTheme", 1)
        return str(light) == "0"
    if default.color(Role.Window).lightness() < 128:
        return True
    return sys.platform.startswith("linux") and gnome_is_dark()


def gnome_is_dark() -> bool:
    """What GNOME's settings say; False where there is no GNOME."""
    command = ["gsettings", "get", "org.gnome.desktop.interface", "color-scheme"]
    try:
        answer = subprocess.run(command, capture_output=True, text=True, timeout=0.5, check=False).stdout
    except (OSError, subprocess.TimeoutExpired):
        return False
    return "dark" in answer


class Theme:
    """Gives the application its colours.

    Attributes:
        colors: those in use; None before there are any.
        system: tells when the system changes its own.
    """

    def __init__(self, application: QApplication) -> None:
        self._application = application
        application.setStyle("Fusion")
        self.system = SystemTheme(application)
        self.colors: Colors | None = None

    def use(self, name: str) -> None:
        """Take "light", "dark", or whatever the "system" uses now."""
        colors = DARK if (self._system_is_dark() if name == "system" else name == "dark") else LIGHT
        if colors is self.colors:
            return
        self.colors = colors
        self._application.setPalette(palette(self.colors))
        self._application.setStyleSheet(STYLE.format(**vars(self.colors)))

    def _system_is_dark(self) -> bool:
        ours = QPalette(self._application.palette())
        self._application.setPalette(QPalette())  # back to the system's, which Qt keeps up to date
        dark = system_is_dark(self._application.palette())
        self._application.setPalette(ours)
        return dark


def palette(colors: Colors) -> QPalette:
    """Qt's palette in these colours."""
    result = QPalette()
    roles = {
        Role.Window: colors.window,
        Role.Base: colors.field,
        Role.AlternateBase: colors.panel,
        Role.Button: colors.panel,
        Role.Text: colors.text,
        Role.WindowText: colors.text,
        Role.ButtonText: colors.text,
        Role.ToolTipBase: colors.panel,
        Role.ToolTipText: colors.text,
        Role.Highlight: colors.accent,
        Role.HighlightedText: colors.on_accent,
        Role.Link: colors.accent,
        Role.Mid: colors.line,
        Role.Dark: colors.canvas,
        Role.PlaceholderText: colors.quiet,
        Role.BrightText: colors.warning,
    }
    for role, color in roles.items():
        result.setColor(role, QColor(color))
    result.setColor(QPalette.ColorGroup.Disabled, Role.Light, QColor(colors.panel))  # Fusion's shadow of menu texts
    for role in (Role.Text, Role.WindowText, Role.ButtonText):
        result.setColor(QPalette.ColorGroup.Disabled, role, QColor(colors.quiet))
    return result


def draw_icon(name: str, color: QColor, side: int, ratio: float = 1.0) -> QPixmap:
    """One of `icons/` in a colour; `side` in logical pixels."""
    source = (resources.files(__package__) / "icons" / f"{name}.svg").read_text(encoding="utf-8")
    renderer = QSvgRenderer(QByteArray(source.replace("currentColor", color.name()).encode()))
    pixmap = QPixmap(QSize(side, side) * ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    renderer.render(painter)
    painter.end()
    pixmap.setDevicePixelRatio(ratio)
    return pixmap


def icon(name: str) -> QIcon:
    """One of `icons/` in the text colour of the theme in use, and paler where disabled."""
    colors = QApplication.palette()
    result = QIcon()
    for side in (16, 20, 32, 48):
        result.addPixmap(draw_icon(name, colors.color(Role.ButtonText), side))
        disabled = colors.color(QPalette.ColorGroup.Disabled, Role.ButtonText)
        result.addPixmap(draw_icon(name, disabled, side), QIcon.Mode.Disabled)
    return result
