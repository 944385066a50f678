"""What the export dialog asks: the format, the size and what goes into the file, and what comes of it in pixels."""

from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any, Literal, get_args, get_type_hints

from workbench.formats import FORMATS, MEGAPIXEL_LIMIT, Format

if TYPE_CHECKING:
    from cyclegan.factor import Factor
    from workbench.image_io import WriteOptions

SizeMode = Literal["photo", "double", "quadruple", "pixels", "print"]
Unit = Literal["cm", "inch"]
UNITS: dict[str, float] = {"cm": 2.54, "inch": 1.0}
"""How many there are in an inch."""
LOSSY = ("JPEG", "WebP", "HEIC", "AVIF")
WRITTEN = tuple(kind for kind in FORMATS if kind.written)
SMALLEST = 16  # px
LIMITS: dict[str, tuple[float, float]] = {
    "quality": (1, 100),
    "long_side": (SMALLEST, 65535),
    "print_side": (0.1, 2000),
    "dpi": (10, 2400),
}


@dataclass(frozen=True)
class ExportOptions:
    """The choices of an export.

    Attributes:
        format: a name of `WRITTEN`.
        quality: 1 to 100, for the `LOSSY` formats.
        size: "photo" keeps the photo's own; "double" and "quadruple" enlarge what has that size; "pixels" takes
            `long_side`, "print" takes `print_side` and `dpi`.
        long_side: in pixels.
        print_side: the long side on paper, in `unit`.
        dpi: pixels an inch.
        restore: whether blur, noise and the traces of JPEG are taken away while it is enlarged.
        metadata: whether date, place and camera go into the file.
        own_profile: whether the colours are written in the photo's own profile, not in sRGB.
    """

    format: str = "JPEG"
    quality: int = 92
    size: SizeMode = "photo"
    long_side: int = 2048
    print_side: float = 30.0
    unit: Unit = "cm"
    dpi: int = 300
    restore: bool = False
    metadata: bool = True
    own_profile: bool = False

    @classmethod
    def from_data(cls, data: Any) -> "ExportOptions":
        """What `to_data` made; whatever makes no sense is as usual."""
        known = data if isinstance(data, dict) else {}
        usual = cls()
        return cls(**{field.name: sane(field.name, known.get(field.name), usual) for field in fields(cls)})

    def to_data(self) -> dict[str, Any]:
        """To be kept as JSON."""
        return asdict(self)

    @property
    def kind(self) -> Format:
        return next(kind for kind in WRITTEN if kind.name == self.format)

    def pixels(self, width: int, height: int) -> tuple[int, int]:
        """The size of the file's picture for a photo of this size."""
        long_side = {
            "photo": max(width, height),
            "double": 2 * max(width, height),
            "quadruple": 4 * max(width, height),
            "pixels": self.long_side,
            "print": round(self.print_side / UNITS[self.unit] * self.dpi),
        }[self.size]
        return size_to(width, height, long_side)

    @property
    def factor(self) -> "Factor | None":
        """How many times larger the picture is made by super-resolution; None where it is not."""
        factors: dict[SizeMode, Factor] = {"double": 2, "quadruple": 4}
        return factors.get(self.size)

    def write_options(self) -> "WriteOptions":
        from workbench.image_io import WriteOptions

        return WriteOptions(
            quality=self.quality,
            profile="keep" if self.own_profile else "srgb",
            metadata="keep" if self.metadata else "strip",
            dpi=self.dpi if self.size == "print" else None,
            format=self.format,
        )


def sane(name: str, value: Any, usual: ExportOptions) -> Any:
    """The value where the field may have it, else the usual one."""
    expected, known = get_type_hints(ExportOptions)[name], getattr(usual, name)
    if name == "format":
        return value if value in [kind.name for kind in WRITTEN] else known
    if get_args(expected):
        return value if value in get_args(expected) else known
    if name in LIMITS:
        least, most = LIMITS[name]
        fits = isinstance(value, int | float) and not isinstance(value, bool) and least <= value <= most
        return expected(value) if fits else known
    return value if isinstance(value, expected) else known


def size_to(width: int, height: int, long_side: int) -> tuple[int, int]:
    """The size with another long side, as `workbench.picture.resized` makes it."""
    scale = long_side / max(width, height)
    return max(1, round(width * scale)), max(1, round(height * scale))


def too_large(width: int, height: int) -> bool:
    """Whether nobody can paint this size."""
    return width * height > MEGAPIXEL_LIMIT * 1_000_000
