"""PaddleGAN's own network files (ppgan 2.1.0), which its package no longer manages to import under Paddle 3.

They are loaded one by one under stand-ins for the package around them.
"""

import importlib.util
import sys
import types
import warnings
from pathlib import Path
from unittest import mock

import paddle


def folder() -> Path:
    spec = importlib.util.find_spec("ppgan")
    assert spec is not None and spec.submodule_search_locations, "pip install --no-deps -r requirements-oracle.txt"
    return Path(spec.submodule_search_locations[0])


class Registry:
    """Stands in for PaddleGAN's registries: its decorator returns the class as it is."""

    def register(self):
        return lambda registered: registered


def module(relative: str) -> types.ModuleType:
    """One of PaddleGAN's files, for example "models/generators/generater_lapstyle.py"."""
    path = folder() / relative
    package = "oracle." + ".".join(Path(relative).parts[:-1])
    stubs = {
        "oracle.utils.download": {"get_path_from_url": lambda url: url},
        f"{package}.builder": {"GENERATORS": Registry(), "DISCRIMINATORS": Registry()},
        "oracle.modules": {"__path__": [str(folder() / "modules")]},  # which need nothing of the package
    }
    with mock.patch.dict(sys.modules):
        for name in (*stubs, package):
            for depth in range(1, name.count(".") + 2):
                parent = ".".join(name.split(".")[:depth])
                sys.modules.setdefault(parent, types.ModuleType(parent)).__path__ = []  # type: ignore[attr-defined]
        for name, attributes in stubs.items():
            vars(sys.modules[name]).update(attributes)
        spec = importlib.util.spec_from_file_location(f"{package}.{path.stem}", path)
        assert spec is not None and spec.loader is not None
        loaded = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(loaded)
    return loaded


def encoder() -> paddle.nn.Layer:
    """PaddleGAN's encoder; its constructor would download weights."""
    generators = module("models/generators/generater_lapstyle.py")
    with mock.patch.object(paddle, "load", return_value={}), warnings.catch_warnings(action="ignore"):
        return generators.Encoder()
