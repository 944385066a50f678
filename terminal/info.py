"""`lapstyle info`: what paints here, with which weights, and where things are kept."""

import platform
from importlib import metadata
from typing import Annotated, Any

import typer

from terminal import options
from terminal.console import log_file, show_json

LIBRARIES = ("onnxruntime", "paddlepaddle", "numpy", "opencv-python-headless", "Pillow", "safetensors", "PyQt5")


def info(
    device: options.Device = "auto",
    threads: options.Threads = None,
    checkpoint: options.Checkpoint = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Show the engine, the device, the weights and the versions that painting uses."""
    facts = gather(device, threads, checkpoint)
    if as_json:
        show_json(facts)
        return
    lines = flat(facts)
    width = max(len(name) for name, _ in lines)
    for name, value in lines:
        typer.echo(f"{name:<{width}}  {value}")


def gather(device: options.DeviceName, threads: int | None, checkpoint: str | None) -> dict[str, Any]:
    """Everything that `info` shows. Versions are looked up, not imported: Paddle takes seconds."""
    import lapstyle
    from workbench.runtime import available_providers

    painter = lapstyle.Painter(device, threads, checkpoint)
    engine, weights = painter.engine, painter.engine.checkpoint
    return {
        "version": lapstyle.__version__,
        "engine": engine.name,
        "device": engine.device,
        "threads": engine.threads,
        "providers": available_providers(),
        "weights": {
            "file": str(weights.path),
            "sha256": weights.sha256,
            "kind": weights.kind,
            "revisions": weights.revisions,
        },
        "versions": {
            "python": platform.python_version(),
            **{library: version(library) for library in LIBRARIES},
            "system": platform.platform(),
        },
        "cache": str(painter.store.folder),
        "log": str(log_file()),
        "notes": [engine.note] if engine.note else [],
    }


def version(library: str) -> str:
    try:
        return metadata.version(library)
    except metadata.PackageNotFoundError:
        return "not installed"


def flat(facts: dict[str, Any], prefix: str = "") -> list[tuple[str, str]]:
    """Name and value of each line; what is nested is named "weights file", what is a list is joined."""
    lines: list[tuple[str, str]] = []
    for name, value in facts.items():
        if isinstance(value, dict):
            lines += flat(value, f"{prefix}{name} ")
        else:
            lines.append((f"{prefix}{name}", ", ".join(value) if isinstance(value, list) else str(value)))
    return lines
