"""One option for each step of `noise.catalogue`; their order on the command line is the order of the steps."""

import inspect
import re
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperCommand

from terminal.options import number_or_name

if TYPE_CHECKING:
    from noise.step import Parameter, Step

PANEL = "Steps"
BOTH = {"salt-pepper": ("salt", "pepper")}  # what a number alone sets, where it is not the step's first parameter
WORDS = {"yes": True, "true": True, "no": False, "false": False}
GIVEN = "lapstyle.steps"  # where the context keeps them
OPTION = re.compile(r"-(?!\.?\d).")  # how an option begins, and a number below zero does not


class StepsCommand(TyperCommand):
    """A command with these options, too. Their steps are `given_steps` of its context."""

    def get_params(self, ctx: Any) -> list[Any]:
        return [*step_options(), *super().get_params(ctx)]

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        args = with_values(args)
        # Typer groups the values by option; only its parser knows in which order the options came.
        values, others, order = self.make_parser(ctx).parse_args(list(args))

        def steps() -> tuple["Step", ...]:
            left = {option.name: iter(values[option.name]) for option in order if option in step_options()}
            return tuple(
                step_of(ctx, option.opts[0].removeprefix("--"), next(left[option.name]))
                for option in order
                if option.name in left
            )

        if not others and not values.get("help"):
            steps()  # a step that took the picture's name for its value says more than that a picture is missing
        rest = super().parse_args(ctx, args)
        ctx.meta[GIVEN] = steps()
        return rest


def given_steps(context: typer.Context) -> tuple["Step", ...]:
    """The steps of a `StepsCommand`'s command line, in their order."""
    return context.meta[GIVEN]


def with_values(args: list[str]) -> list[str]:
    """The command line with a value for each step that has none: its main number's default.

    Typer has no options whose value may be left out.
    """
    names = {option.opts[0] for option in step_options()}
    end = args.index("--") if "--" in args else len(args)
    result = []
    for arg, following in pairwise([*args[:end], "--"]):
        bare = arg in names and OPTION.match(following) is not None
        result.append(f"{arg}={default_value(arg.removeprefix('--'))}" if bare else arg)
    return result + args[end:]


def default_value(name: str) -> str:
    """ "amount=6"."""
    from noise import catalogue

    return parameter_text(catalogue.STEPS[name].parameters()[0]).partition(" ")[0]


@lru_cache(maxsize=1)
def step_options() -> list[Any]:
    """The options, made when a command that has them is looked at: the catalogue loads OpenCV."""
    from noise import catalogue

    def with_steps(**values: list[str] | None) -> None:
        """What Typer reads options from."""

    options = [
        inspect.Parameter(
            name.replace("-", "_"),
            inspect.Parameter.KEYWORD_ONLY,
            default=None,
            annotation=Annotated[
                list[str] | None,
                typer.Option(
                    f"--{name}", metavar="VALUES", help=described(kind), rich_help_panel=PANEL, expose_value=False
                ),
            ],
        )
        for name, kind in catalogue.STEPS.items()
    ]
    with_steps.__signature__ = inspect.Signature(options)  # type: ignore[attr-defined]
    with_steps.__annotations__ = {option.name: option.annotation for option in options}
    app = typer.Typer(add_completion=False)
    app.command()(with_steps)
    return typer.main.get_command(app).params


def described(kind: type["Step"]) -> str:
    """What a step does, and its parameters with their defaults, limits and units."""
    text = " ".join((inspect.getdoc(kind) or "").partition("\n\n")[0].split()).replace("`", "")
    parameters = ", ".join(parameter_text(parameter) for parameter in kind.parameters())
    return f"{text} Defaults: {parameters}. A number alone is {' and '.join(main_parameters(kind))}."


def parameter_text(parameter: "Parameter") -> str:
    """ "size=5 (1 to 201 px)", "color=no"."""
    if isinstance(parameter.default, bool):
        return f"{parameter.name}={'yes' if parameter.default else 'no'}"
    limits = f"{parameter.least:g} to {parameter.most:g} {parameter.unit}".rstrip()
    return f"{parameter.name}={parameter.default:g} ({limits})"


def main_parameters(kind: type["Step"]) -> tuple[str, ...]:
    """What a number alone sets."""
    return BOTH.get(kind.name, (kind.parameters()[0].name,))


def step_of(context: Any, name: str, text: str) -> "Step":
    """A step from its option's value: "20", "amount=6,size=2,color" or "6,color".

    Raises:
        typer.BadParameter: it is not written like that.
        SettingWrong: a number is out of its range.
    """
    from noise import catalogue

    kind = catalogue.STEPS[name]
    parameters = {parameter.name: parameter for parameter in kind.parameters()}
    values: dict[str, object] = {}
    for index, part in enumerate(text.split(",")):
        word, equals, value = (piece.strip() for piece in part.partition("="))
        key = word.replace("-", "_")
        if key in parameters and key not in values and (equals or isinstance(parameters[key].default, bool)):
            values[key] = value_of(parameters[key], value if equals else "yes")
        elif index == 0 and not equals and key not in parameters:
            values.update({main: value_of(parameters[main], word) for main in main_parameters(kind)})
        else:
            raise typer.BadParameter(wrongly_written(kind, text), context, param_hint=f"'--{name}'")
    return kind(**values)


def value_of(parameter: "Parameter", text: str) -> object:
    """The text as what the parameter takes, where it can be read so; the step refuses all else."""
    if isinstance(parameter.default, bool):
        return WORDS.get(text.lower(), text)
    number = number_or_name(text)
    # As in a preset that was saved, so that a folder's record knows both as the same steps.
    return float(number) if isinstance(parameter.default, float) and isinstance(number, int) else number


def wrongly_written(kind: type["Step"], text: str) -> str:
    main, names = " and ".join(main_parameters(kind)), ", ".join(each.name for each in kind.parameters())
    return f"{text!r}: give one number for {main}, or values such as {default_value(kind.name)}, from {names}"
