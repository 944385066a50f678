"""How long the window keeps the user waiting: ``python benchmarks/window.py [photo]``.

Opens the real window on a screen that is not there, drops a photo (24 megapixels unless another is given), moves a
slider a few times and moves the picture about, while a timer of 5 ms measures how long the interface was blocked.
"""

# ruff: noqa: E402 (the clock starts before anything is loaded)

import json
import os
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).parents[1]))
STARTED = time.perf_counter()

import numpy as np
from PyQt5.QtCore import QEventLoop, QSettings, QTimer

import assets
from studio.app import make_application, make_window
from studio.own_styles import OwnStyles
from studio.preferences import Preferences

BEAT = 5  # ms
STRENGTHS = (90, 70, 50, 80, 60)


def pause(milliseconds: int) -> None:
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def until(signal: object) -> float:
    """Seconds until a signal came."""
    started, loop = time.perf_counter(), QEventLoop()
    signal.connect(lambda *_: loop.quit())  # type: ignore[attr-defined]
    loop.exec()
    return time.perf_counter() - started


def large_photo(folder: Path) -> Path:
    from workbench.image_io import read_picture, write_picture
    from workbench.picture import resized

    write_picture(resized(read_picture(assets.path("samples/stream.jpg")), 6000), path := folder / "24 megapixels.jpg")
    return path


def main() -> None:
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        application = make_application([])
        preferences = Preferences(QSettings(str(folder / "settings.ini"), QSettings.Format.IniFormat))
        window = make_window(application, preferences, OwnStyles(folder / "own"))
        window.resize(1440, 900)
        window.show()
        application.processEvents()
        results = {"window shown after, s": time.perf_counter() - STARTED}
        pause(2000)
        photo = Path(sys.argv[1]) if len(sys.argv) > 1 else large_photo(folder)
        tab = window.tabs[0]
        session = tab.session  # type: ignore[attr-defined]
        beats: list[float] = []
        timer = QTimer()
        timer.timeout.connect(lambda: beats.append(time.perf_counter()))
        timer.start(BEAT)
        tab.open_path(photo)
        results["first preview after a drop, s"] = until(session.shown)
        pause(2000)
        feedback = []
        for strength in STRENGTHS:
            tab.panel.strength.set_value(strength)  # type: ignore[attr-defined]
            feedback.append(until(session.shown))
            pause(1000)
        results["first preview after a slider, median s"] = float(np.median(feedback))
        view = tab.viewer.view  # type: ignore[attr-defined]
        view.show_actual_size()
        for _ in range(50):
            view.pan(-11, -7)
            pause(20)
        view.fit()
        while session.painted is None or not session.painted.full:
            until(session.painted_changed)
        pause(500)
        blocks = 1000 * np.diff(beats)
        results |= {
            "interface blocked, 99th percentile ms": float(np.percentile(blocks, 99)),
            "interface blocked, worst ms": float(blocks.max()),
        }
        window.close()
        print(json.dumps({name: round(value, 3) for name, value in results.items()}, indent=1))


if __name__ == "__main__":
    main()
