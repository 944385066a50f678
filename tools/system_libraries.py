"""Says which system libraries are missing on Linux, and the line that installs them.

    .venv/bin/python tools/system_libraries.py window

What pip installs brings most libraries along, but not those of the desktop, nor OpenMP. Runs in the environment that is
checked; standard library only.
"""

import subprocess
import sys
import sysconfig
from collections.abc import Iterable
from pathlib import Path

BINARIES = {
    "painting": ("onnxruntime/capi/*.so", "cv2/*.so", "PIL/_imaging*.so", "imagecodecs/_png*.so", "_pillow_heif*.so"),
    "training": ("paddle/base/libpaddle.so",),
    "window": (
        "PyQt5/QtGui.*.so",
        "PyQt5/QtWidgets.*.so",
        "PyQt5/QtSvg.*.so",
        "PyQt5/Qt5/plugins/platforms/libqxcb.so",
    ),
}
PACKAGES = {  # soname -> package of Debian and Ubuntu
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libICE.so.6": "libice6",
    "libSM.so.6": "libsm6",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libX11.so.6": "libx11-6",
    "libXext.so.6": "libxext6",
    "libXrender.so.1": "libxrender1",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libgomp.so.1": "libgomp1",
    "libgthread-2.0.so.0": "libglib2.0-0",
    "libstdc++.so.6": "libstdc++6",
    "libxcb-glx.so.0": "libxcb-glx0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-render.so.0": "libxcb-render0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-util.so.1": "libxcb-util1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xinerama.so.0": "libxcb-xinerama0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxcb.so.1": "libxcb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libz.so.1": "zlib1g",
}


def missing(binaries: Iterable[Path], own: frozenset[str] = frozenset()) -> list[str]:
    """Sonames that the dynamic loader does not find for these files.

    Args:
        own: names of files that come with the packages, which load them themselves.
    """
    found: set[str] = set()
    for binary in binaries:
        try:
            listing = subprocess.run(["ldd", str(binary)], capture_output=True, text=True, check=False).stdout
        except OSError:  # no ldd, so no glibc: nothing can be said
            return []
        found |= not_found(listing)
    return sorted(found - own)


def not_found(listing: str) -> set[str]:
    """The sonames that a listing of ldd calls "not found"."""
    return {line.split(" => ")[0].strip() for line in listing.splitlines() if line.rstrip().endswith("=> not found")}


def sentence(sonames: list[str]) -> str:
    """What is missing and what to do about it."""
    known = sorted({PACKAGES[soname] for soname in sonames if soname in PACKAGES})
    unknown = [soname for soname in sonames if soname not in PACKAGES]
    parts = [f"System libraries are missing: {', '.join(sonames)}."]
    if known:
        parts.append(f"Install them with: sudo apt install {' '.join(known)}")
    if unknown:
        parts.append(f"Your system's package search tells which packages hold {', '.join(unknown)}.")
    return "\n".join(parts)


def main(purpose: str) -> None:
    """Raises SystemExit with the sentence if something is missing for "painting", "training" or the "window"."""
    if not sys.platform.startswith("linux"):
        return
    packages = Path(sysconfig.get_path("platlib"))
    binaries = [file for pattern in BINARIES[purpose] for file in sorted(packages.glob(pattern))]
    own = frozenset(file.name for file in packages.glob("**/*.so*"))
    if sonames := missing(binaries, own):
        sys.exit(sentence(sonames))


if __name__ == "__main__":
    main(sys.argv[1])
