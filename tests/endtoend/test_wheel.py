"""The package as a user gets it: built, installed with all it needs, and run outside the checkout."""

import json
import os
import subprocess
import sys
import tarfile
import venv
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

import assets
import lapstyle
from cyclegan.translator import Translator
from lapstyle.packs import shipped_packs
from noise.catalogue import STEPS
from noise.pipeline import Pipeline
from tests.generators import write_generators
from workbench.image_io import Picture, read_picture, resized, write_picture
from workbench.progress import run

ROOT = Path(__file__).parents[2]
PYTHON_VARIABLES = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV")


@dataclass(frozen=True)
class Installation:
    """The built files, and a virtual environment that holds nothing but the wheel and what it requires."""

    wheel: Path
    archive: Path
    environment: Path
    home: Path

    def run(self, *arguments: str | Path, program: str = "lapstyle") -> subprocess.CompletedProcess[bytes]:
        """Run an installed program in a folder of its own."""
        scripts = self.environment / ("Scripts" if os.name == "nt" else "bin")
        variables = {name: value for name, value in os.environ.items() if name not in PYTHON_VARIABLES}
        return subprocess.run(
            [str(scripts / program), *map(str, arguments)],
            cwd=self.home,
            env={
                **variables,
                **{f"XDG_{name}_HOME": str(self.home / name) for name in ("CACHE", "STATE", "DATA", "CONFIG")},
            },
            capture_output=True,
            check=False,
        )


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """Takes a minute: everything is installed anew."""
    built, home = tmp_path_factory.mktemp("dist"), tmp_path_factory.mktemp("家")
    # The wheel is built from the source archive, so that the archive is known to be complete.
    subprocess.run([sys.executable, "-m", "build", "--outdir", str(built), str(ROOT)], check=True, capture_output=True)
    (wheel,), (archive,) = built.glob("*.whl"), built.glob("*.tar.gz")
    environment = tmp_path_factory.mktemp("installed") / "environment"
    venv.create(environment, with_pip=True)
    installation = Installation(wheel, archive, environment, home)
    done = installation.run("-m", "pip", "install", "--quiet", wheel, program="python")
    assert done.returncode == 0, done.stderr.decode()
    return installation


class TestWheel:
    def test_its_metadata(self, installation: Installation) -> None:
        with zipfile.ZipFile(installation.wheel) as wheel:
            names = wheel.namelist()
            folder = next(name for name in names if name.endswith(".dist-info/METADATA")).rpartition("/")[0]
            metadata = wheel.read(f"{folder}/METADATA").decode()
            entries = wheel.read(f"{folder}/entry_points.txt").decode()
        assert f"\nName: lapstyle-studio\nVersion: {lapstyle.__version__}\n" in metadata
        assert "Classifier: Natural Language :: Chinese (Simplified)" in metadata
        assert "Requires-Python: >=3.11" in metadata
        assert "Requires-Dist: onnxruntime==" in metadata and "pytest" not in metadata
        assert (ROOT / "README.md").read_text(encoding="utf-8").strip() in metadata
        assert "lapstyle = terminal.app:command" in entries and "lapstyle-studio = studio.app:main" in entries
        assert {f"{folder}/licenses/{name}" for name in ("LICENSE", "NOTICE")} <= set(names)

    def test_it_holds_the_data_and_no_tests(self, installation: Installation) -> None:
        with zipfile.ZipFile(installation.wheel) as wheel:
            names = set(wheel.namelist())
        data = {
            path.relative_to(ROOT).as_posix()
            for folder in ("weights", "assets")
            for path in (ROOT / folder).rglob("*")
            if path.is_file() and "__pycache__" not in path.parts
        }
        assert data <= names
        assert not {name.split("/")[0] for name in names} & {"tests", "tools", "benchmarks", "docs"}

    def test_the_archive_holds_what_building_and_testing_need(self, installation: Installation) -> None:
        with tarfile.open(installation.archive) as archive:
            names = {name.partition("/")[2] for name in archive.getnames()}
        assert {"setup.py", "README.md", "requirements.txt", "Makefile", "tests/endtoend/test_wheel.py"} <= names


class TestInstalled:
    def test_paints_a_photo(self, installation: Installation) -> None:
        photo, output = installation.home / "照片 été.jpg", installation.home / "画 été.png"
        write_picture(resized(read_picture(assets.path("samples/cat.jpg")), 200), photo)
        done = installation.run("stylize", photo, "--style", "great-wave", "-o", output)
        assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
        before, after = read_picture(photo).pixels.astype(int), read_picture(output).pixels
        assert after.shape == before.shape
        assert abs(after - before).mean() > 10

    def test_enlarges(self, installation: Installation) -> None:
        photo, output = installation.home / "klein.png", installation.home / "groß.png"
        write_picture(Picture(np.full((20, 30, 3), 120, np.uint8)), photo)
        done = installation.run("enlarge", photo, "--factor", "4", "-o", output)
        assert done.returncode == 0, done.stderr
        assert read_picture(output).pixels.shape == (80, 120, 3)

    def test_translates(self, installation: Installation) -> None:
        photo, output = installation.home / "外.png", installation.home / "dehors.png"
        write_picture(resized(read_picture(assets.path("samples/cat.jpg")), 100), photo)
        model = write_generators(installation.home / "modèle.safetensors")
        done = installation.run("translate", photo, "--model", model, "--device", "cpu", "-o", output)
        assert (done.returncode, done.stderr) == (0, b"")
        expected = run(Translator(model, device="cpu").translate(read_picture(photo)))
        assert np.array_equal(read_picture(output).pixels, expected.pixels)

    def test_makes_noise(self, installation: Installation) -> None:
        """Every step there is, so that no library it needs is missing."""
        photo, output = installation.home / "照片 noise.jpg", installation.home / "噪点.png"
        write_picture(resized(read_picture(assets.path("samples/cat.jpg")), 100), photo)
        steps = [f"--{name}={kind.parameters()[0].default}" for name, kind in STEPS.items()]
        done = installation.run("noise", photo, *steps, "-o", output, "--json")
        assert (done.returncode, done.stderr) == (0, b"")
        pipeline = Pipeline(tuple(kind() for kind in STEPS.values()))
        assert np.array_equal(read_picture(output).pixels, run(pipeline.render(read_picture(photo))).pixels)
        assert 0 < json.loads(done.stdout)["ssim"] < 1

    def test_uses_nothing_of_the_checkout(self, installation: Installation) -> None:
        done = installation.run("info", "--json")
        told = json.loads(done.stdout)
        assert done.returncode == 0
        assert Path(told["weights"]["file"]).is_relative_to(installation.environment)
        assert told["version"] == lapstyle.__version__
        names = "lapstyle, cyclegan, noise, workbench, recipes, terminal, weights, assets, studio"
        code = f"import sys, {names}; print(*sys.path, sep='\\n')"
        paths = installation.run("-c", code, program="python").stdout.decode().splitlines()
        assert paths and not any(Path(path).is_relative_to(ROOT) for path in paths if path)

    def test_lists_the_gallery(self, installation: Installation) -> None:
        listed = json.loads(installation.run("styles", "--json").stdout)
        assert len(listed) == len(assets.gallery()) + len(shipped_packs())
        assert all(Path(style["file"]).is_relative_to(installation.environment) for style in listed)

    def test_has_the_program_of_the_window(self, installation: Installation) -> None:
        scripts = installation.environment / ("Scripts" if os.name == "nt" else "bin")
        assert [path.stem for path in scripts.glob("lapstyle-studio*")] == ["lapstyle-studio"]
