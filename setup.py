"""The distribution lapstyle-studio: the window, the command line, the weights and the gallery."""

import re
from pathlib import Path

from setuptools import find_packages, setup

HERE = Path(__file__).parent
PACKAGES = ["lapstyle", "cyclegan", "noise", "workbench", "recipes", "terminal", "studio", "weights", "assets"]


def version() -> str:
    """`lapstyle.__version__`, read without importing what it needs."""
    text = (HERE / "lapstyle" / "__init__.py").read_text(encoding="utf-8")
    found = re.search(r'^__version__ = "(.+)"$', text, re.MULTILINE)
    if found is None:
        raise LookupError("lapstyle/__init__.py has no __version__")
    return found[1]


def requirements() -> list[str]:
    """The pinned requirements, without their comments."""
    lines = (HERE / "requirements.txt").read_text(encoding="utf-8").splitlines()
    return [required for line in lines if (required := line.partition("#")[0].strip())]


setup(
    name="lapstyle-studio",
    version=version(),
    description="Paints photos in the style of paintings, at full resolution, in seconds and offline",
    long_description=(HERE / "README.md").read_text(encoding="utf-8"),
    long_description_content_type="text/markdown",
    license="Apache-2.0",
    license_files=["LICENSE", "NOTICE"],
    keywords=["style transfer", "lapstyle", "painting", "photo", "paddle", "onnx"],
    classifiers=[
        "Development Status :: 4 - Beta",
        "Environment :: Console",
        "Environment :: X11 Applications :: Qt",
        "Intended Audience :: End Users/Desktop",
        "Natural Language :: Chinese (Simplified)",
        "Natural Language :: English",
        "Operating System :: MacOS",
        "Operating System :: Microsoft :: Windows",
        "Operating System :: POSIX :: Linux",
        "Programming Language :: Python :: 3",
        "Programming Language :: Python :: 3.11",
        "Programming Language :: Python :: 3.12",
        "Programming Language :: Python :: 3.13",
        "Topic :: Artistic Software",
        "Topic :: Multimedia :: Graphics",
        "Topic :: Scientific/Engineering :: Image Processing",
    ],
    python_requires=">=3.11",
    packages=find_packages(include=[pattern for name in PACKAGES for pattern in (name, f"{name}.*")]),
    package_data={
        "weights": ["*.safetensors", "*.json", "*.md", "graphs/*", "cyclegan/*"],
        "assets": ["*.json", "*.md", "styles/*", "samples/*", "packs/*"],
        "studio": ["icons/*", "translations/*"],
    },
    install_requires=requirements(),
    entry_points={
        "console_scripts": ["lapstyle = terminal.app:command"],
        "gui_scripts": ["lapstyle-studio = studio.app:main"],
    },
    zip_safe=False,
)
