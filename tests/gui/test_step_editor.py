"""The editor of steps, as a user works with it: mouse, keys and drags."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PyQt5.QtCore import QEvent, QPoint, QPointF, Qt
from PyQt5.QtGui import QKeyEvent, QKeySequence, QWheelEvent
from PyQt5.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from noise.blurs import GaussianBlur, MeanBlur, MotionBlur
from noise.catalogue import STEPS
from noise.grain import FilmGrain
from noise.pipeline import SEED_LIMIT, STEPS_LIMIT, Pipeline
from noise.points import GaussianNoise, Poisson, SaltPepper
from noise.restore import Median
from noise.step import Step
from studio.parameter_controls import DecimalBox, ParameterCheck, Scale
from studio.theme import Theme
from studio.translation import Languages
from tests.gui.desk import Desk
from tests.gui.test_guide import shown_in
from tools.translations import read

LEFT = Qt.MouseButton.LeftButton
THREE = Pipeline((SaltPepper(), MeanBlur(20), Median()), seed=7)


@pytest.fixture
def desk(qtbot: QtBot) -> Desk:
    return Desk(qtbot)


@pytest.fixture
def languages(qapp: QApplication) -> Iterator[Languages]:
    languages = Languages()
    yield languages
    languages.use("en")


def pipelines() -> st.SearchStrategy[Pipeline]:
    def made(kind: type[Step]) -> st.SearchStrategy[Step]:
        values: dict[str, st.SearchStrategy[Any]] = {}
        for each in kind.parameters():
            if isinstance(each.default, bool):
                values[each.name] = st.booleans()
            elif isinstance(each.default, int):
                values[each.name] = st.integers(int(each.least), int(each.most))
            else:
                values[each.name] = st.floats(each.least, each.most)
        return st.builds(kind, **values)

    steps = st.lists(st.sampled_from(list(STEPS.values())).flatmap(made), max_size=6)
    return st.builds(Pipeline, steps.map(tuple), st.integers(0, SEED_LIMIT))


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pipelines())
def test_what_is_shown_comes_back_exactly_and_nobody_is_told(desk: Desk, pipeline: Pipeline) -> None:
    desk.editor.set_pipeline(pipeline)
    assert desk.editor.pipeline == pipeline
    assert desk.told == []


@pytest.mark.parametrize("kind", STEPS.values(), ids=STEPS)
def test_a_slider_reaches_both_ends_and_gives_only_possible_numbers(kind: type[Step]) -> None:
    for parameter in kind.parameters():
        if isinstance(parameter.default, bool):
            continue
        scale = Scale(parameter)
        numbers = [scale.number_at(position) for position in range(scale.positions + 1)]
        assert numbers == sorted(numbers)
        assert (numbers[0], numbers[-1]) == (parameter.least, parameter.most)
        assert {type(number) for number in numbers} == {type(parameter.default)}
        assert scale.number_at(scale.position_of(parameter.default)) == parameter.default
        for number in numbers:
            parameter.check(number, kind.name)


def test_a_step_is_added_from_the_menu(desk: Desk) -> None:
    assert desk.editor.hint.isVisible()
    assert desk.editor.add_button.menu() is desk.editor.menu
    words = [action.text() for action in desk.editor.menu.actions()]
    assert words[:2] == ["Noise", "Salt and pepper"]
    assert words.index("Blur") < words.index("Mean blur") < words.index("Restoration") < words.index("Median")
    headings = [action for action in desk.editor.menu.actions() if not action.isEnabled()]
    assert [action.text() for action in headings] == ["Noise", "Blur", "Restoration"]
    assert all(action.font().bold() for action in headings)
    assert sum(action.isSeparator() for action in desk.editor.menu.actions()) == 2, "lines between them"
    for title in ("Gaussian blur", "Film grain"):
        next(action for action in desk.editor.menu.actions() if action.text() == title).trigger()
    QApplication.processEvents()
    assert desk.told == [Pipeline((GaussianBlur(),)), Pipeline((GaussianBlur(), FilmGrain()))]
    assert not desk.editor.hint.isVisible()
    assert QApplication.focusWidget() is desk.slider(1, "amount").slider


@pytest.mark.parametrize("name", ["light", "dark"])
def test_the_lines_of_the_menu_can_be_seen(desk: Desk, qapp: QApplication, name: str) -> None:
    theme = Theme(qapp)
    theme.use(name)
    menu = desk.editor.menu
    line = next(action for action in menu.actions() if action.isSeparator())
    image = menu.grab().toImage()
    place = menu.actionGeometry(line)
    column = [image.pixelColor(place.center().x(), y).lightness() for y in range(place.top(), place.bottom() + 1)]
    theme.use("light")
    assert max(column) - min(column) >= 15


def test_dragging_a_slider_tells_all_the_way_and_its_controls_stay(desk: Desk) -> None:
    desk.show(SaltPepper(), MeanBlur())
    slider = desk.slider(1, "size").slider
    desk.editor.changed.connect(desk.editor.set_pipeline)  # as a tab does
    y = slider.height() // 2
    for kind, x in (
        (QEvent.Type.MouseButtonPress, 10),
        (QEvent.Type.MouseMove, 60),
        (QEvent.Type.MouseMove, 90),
        (QEvent.Type.MouseButtonRelease, 90),
    ):
        desk.mouse(kind, slider, slider.mapToGlobal(QPoint(x, y)))
    assert desk.slider(1, "size").slider is slider
    sizes = [pipeline.to_dict()["steps"][1]["size"] for pipeline in desk.told]
    assert len(sizes) == 3
    assert sizes == sorted(sizes)
    assert desk.slider(1, "size").number.value() == sizes[-1]


def test_a_number_is_typed(desk: Desk) -> None:
    desk.show(SaltPepper(), MotionBlur())
    number = desk.slider(0, "salt").number
    assert number.text() == "2.0 %"
    number.selectAll()
    desk.qtbot.keyClicks(number, "12.5")
    assert desk.told == []
    desk.press(number, Qt.Key.Key_Return)
    assert [pipeline.steps[0] for pipeline in desk.told] == [SaltPepper(salt=0.125)]
    angle = desk.slider(1, "angle").number
    angle.selectAll()
    desk.qtbot.keyClicks(angle, "-22.5")
    desk.press(angle, Qt.Key.Key_Return)
    assert desk.told[-1].steps[1] == MotionBlur(angle=-22.5)
    assert angle.text() == "-22.5 °"


def test_what_is_rounded_on_the_screen_stays_exact(desk: Desk) -> None:
    desk.show(SaltPepper(salt=0.12345, pepper=0.1))
    desk.click(desk.slider(0, "pepper").number)
    desk.press(desk.slider(0, "pepper").number, Qt.Key.Key_Up)
    assert desk.told[-1].steps == (SaltPepper(salt=0.12345, pepper=0.101),)


def test_arrow_keys_step_and_a_double_click_takes_back(desk: Desk) -> None:
    desk.show(Poisson(), GaussianNoise())
    slider = desk.slider(0, "photons").slider
    desk.press(slider, Qt.Key.Key_Right)
    desk.press(slider, Qt.Key.Key_PageDown)
    assert [pipeline.steps[0] for pipeline in desk.told] == [Poisson(510), Poisson(410)]
    assert slider.accessibleDescription() == "410"
    desk.qtbot.mouseDClick(slider, LEFT)
    assert desk.told[-1].steps[0] == Poisson(500)
    sigma = desk.slider(1, "sigma")
    desk.press(sigma.slider, Qt.Key.Key_Up)
    assert desk.told[-1].steps[1] == GaussianNoise(sigma=5.1)
    desk.qtbot.mouseDClick(sigma.name, LEFT)
    assert desk.told[-1].steps[1] == GaussianNoise()
    desk.press(sigma.slider, Qt.Key.Key_End)
    assert desk.told[-1].steps[1] == GaussianNoise(sigma=50.0)


def test_a_check_box_is_clicked(desk: Desk) -> None:
    desk.show(FilmGrain())
    check = desk.card(0).controls["color"]
    assert isinstance(check, ParameterCheck)
    desk.qtbot.mouseClick(check, LEFT, pos=QPoint(8, check.height() // 2))
    assert desk.told == [Pipeline((FilmGrain(color=True),), seed=7)]


def test_steps_are_removed(desk: Desk) -> None:
    desk.editor.set_pipeline(THREE)
    QApplication.processEvents()
    desk.click(desk.card(1).remove)
    assert desk.names == ["salt-pepper", "median"]
    assert QApplication.focusWidget() is desk.card(1).remove
    desk.press(QApplication.focusWidget(), Qt.Key.Key_Space)
    desk.press(QApplication.focusWidget(), Qt.Key.Key_Space)
    assert desk.names == []
    assert desk.told[-1] == Pipeline(seed=7)
    assert QApplication.focusWidget() is desk.editor.add_button


def test_no_more_than_the_limit(desk: Desk) -> None:
    desk.show(*[Median()] * (STEPS_LIMIT - 1))
    assert desk.editor.add_button.isEnabled()
    desk.editor.add(Median)
    assert not desk.editor.add_button.isEnabled()
    assert desk.editor.add_button.toolTip() == "There are 32 steps already, which is the limit."
    desk.click(desk.card(3).remove)
    assert desk.editor.add_button.isEnabled()


def test_the_seed_is_there_only_for_what_is_random(desk: Desk) -> None:
    desk.show(MeanBlur(), Median())
    assert not desk.editor.seed_row.isVisible()
    desk.editor.add(FilmGrain)
    assert desk.editor.seed_row.isVisible()
    desk.editor.seed.selectAll()
    desk.qtbot.keyClicks(desk.editor.seed, str(SEED_LIMIT))
    desk.press(desk.editor.seed, Qt.Key.Key_Return)
    assert desk.told[-1].seed == SEED_LIMIT
    desk.click(desk.editor.dice)
    desk.click(desk.editor.dice)
    seeds = [pipeline.seed for pipeline in desk.told[-3:]]
    assert len(set(seeds)) == 3
    assert desk.editor.pipeline.seed == seeds[-1]


def test_controls_stay_when_only_numbers_or_the_order_differ(desk: Desk) -> None:
    desk.editor.set_pipeline(THREE)
    salt, blur, median = desk.editor.cards
    desk.editor.set_pipeline(Pipeline((SaltPepper(0.1), MeanBlur(3), Median(5))))
    assert desk.editor.cards == [salt, blur, median]
    desk.editor.set_pipeline(Pipeline((Median(), SaltPepper(), GaussianBlur())))
    assert desk.editor.cards[:2] == [median, salt]
    assert not blur.isVisible()


def test_tab_goes_from_top_to_bottom_whatever_was_made_first(desk: Desk) -> None:
    desk.show(Median(), SaltPepper())
    desk.show(SaltPepper(), Median())
    salt, median = desk.editor.cards
    expected = [*salt.tab_stops, *median.tab_stops, desk.editor.add_button, desk.editor.seed, desk.editor.dice]
    salt.down.setFocus()
    found = [QApplication.focusWidget()]
    while found[-1] is not desk.editor.dice:
        desk.press(found[-1], Qt.Key.Key_Tab)
        found.append(QApplication.focusWidget())
    assert found == [stop for stop in expected if stop.isEnabled()]
    assert all(stop.accessibleName() for stop in [*salt.tab_stops, *median.tab_stops, *expected[-2:]])


def test_the_wheel_scrolls_and_undo_stays_the_windows(desk: Desk) -> None:
    desk.show(SaltPepper())
    control = desk.slider(0, "salt")
    for part in (control.slider, control.number, desk.editor.seed):
        place = QPointF(part.rect().center())
        turned = QWheelEvent(
            place, QPointF(part.mapToGlobal(place.toPoint())), QPoint(), QPoint(0, 120), Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        QApplication.sendEvent(part, turned)
    assert desk.told == []
    control_z = QKeySequence(QKeySequence.StandardKey.Undo)[0]
    modifiers = Qt.KeyboardModifiers(Qt.KeyboardModifier.ControlModifier)
    assert control_z == Qt.Key.Key_Z | int(modifiers)
    for box in (control.number, desk.editor.seed):
        assert isinstance(box, DecimalBox)
        asked = QKeyEvent(QEvent.Type.ShortcutOverride, Qt.Key.Key_Z, modifiers)
        QApplication.sendEvent(box, asked)
        assert not asked.isAccepted()


def test_no_english_is_left_in_the_chinese_editor(desk: Desk, languages: Languages) -> None:
    desk.show(*(kind() for kind in STEPS.values()))
    translations = [texts for context, texts in read("zh_CN").items() if context not in ("Paintings", "Remarks")]
    english = {source for texts in translations for source, text in texts.items() if source != text}
    tips = {line for text in shown_in(desk.editor) for line in text.splitlines()}
    assert english & tips >= {"Add step", "Seed", "Salt", "Adaptive median", "Diameter of the grains."}
    languages.use("zh_CN")
    QApplication.processEvents()
    tips = {line for text in shown_in(desk.editor) for line in text.splitlines()}
    assert english & tips == set()
    assert desk.card(0).up.accessibleName() == "上移椒盐噪点"
    assert [action.text() for action in desk.editor.menu.actions()][:2] == ["噪点", "椒盐噪点"]
    assert desk.told == []


def test_icons_take_the_colours_of_the_theme(desk: Desk, qapp: QApplication) -> None:
    desk.show(Median())
    theme = Theme(qapp)
    lightness = []
    for name in ("light", "dark"):
        theme.use(name)
        desk.editor.refresh_icons()
        for button in (desk.card(0).remove, desk.editor.dice, desk.editor.add_button):
            image = button.icon().pixmap(32).toImage()
            colors = [image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height())]
            lightness.append(max(colors, key=lambda color: color.alpha()).lightness())
    theme.use("light")
    assert all(value < 60 for value in lightness[:3])
    assert all(value > 200 for value in lightness[3:])
