"""The page of the CycleGAN tab that trains its models, and networks that enlarge."""

from typing import TYPE_CHECKING

from studio.cyclegan_form import CycleGanForm
from studio.services import Services
from studio.training_page import TrainingPage
from studio.translation import translate

if TYPE_CHECKING:
    from recipes.training import TrainingRun


class CycleGanTraining(TrainingPage):
    """Translate, or enlarge; the tab itself only translates."""

    kinds = "cycle", "enlarge"
    running_name = "training that runs"

    def __init__(self, services: Services) -> None:
        self.form: CycleGanForm
        super().__init__(services, CycleGanForm(services), services.worker("training"))

    def words_of_use(self) -> tuple[str, str]:
        tip = translate("Training", "Translate or enlarge with what was learned so far")
        return translate("Training", "Use this model"), tip

    def words_of_new(self) -> tuple[str, str]:
        hint = translate("Training", "Nothing is uploaded: it is trained on this computer.")
        return translate("Training", "New training"), hint

    def usable(self, run: "TrainingRun") -> bool:
        return run.kind == "cycle"
