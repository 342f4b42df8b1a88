"""What can go wrong, drawn as a tree: every error says what, where, and what to type next."""

from __future__ import annotations

OK = 0
SHORTFALL = 3


class SynthgenError(Exception):
    """A trouble that the user can mend. The command line prints it and leaves with `exit_code`.

    Args:
        what: what is wrong, in one sentence without a full stop.
        where: file, line and field, or the address, at which it is wrong.
        fix: what to type or change next.
    """

    exit_code = 1

    def __init__(self, *, what: str, where: str = "", fix: str = "") -> None:
        super().__init__(what)
        self.what, self.where, self.fix = what, where, fix

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        step = f"\n  next: {self.fix}" if self.fix else ""
        return f"{place}{self.what}{step}"


class InputError(SynthgenError):
    """Something that the user handed in does not hold: exit code 2."""

    exit_code = 2


class RecipeError(InputError):
    """The recipe cannot be read, or says something that cannot be done."""


class SeedError(InputError):
    """A table of rows cannot be read, or a row does not fit the task's schema."""


class PromptError(InputError):
    """A prompt template cannot be rendered."""


class SchemaError(InputError):
    """A task's schema cannot be found or loaded."""


class EndpointError(SynthgenError):
    """The model cannot be asked: exit code 4. What was answered is kept."""

    exit_code = 4


class StoreError(SynthgenError):
    """The run's folder cannot be used: exit code 5."""

    exit_code = 5


class PublishError(SynthgenError):
    """The Hub did not take the dataset: exit code 6."""

    exit_code = 6


class BudgetSpentError(SynthgenError):
    """A limit that the user set is reached. The run ends with a valid dataset and exit code 3."""

    exit_code = SHORTFALL
