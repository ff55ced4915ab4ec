from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from recsys.models.base import Model, Range

_DRAWS = 20


class Study:
    """Proposes settings of one kind of model: first guesses, then what did well before.

    A thin adapter of Optuna's tree-structured Parzen estimator (Bergstra et al. 2011).

    Parameters
    ----------
    guesses
        Settings to propose first; what they leave out is the model's default.
    """

    def __init__(self, model: type[Model], guesses: Sequence[Mapping[str, Any]], seed: int) -> None:
        import optuna

        optuna.logging.set_verbosity(optuna.logging.WARNING)
        sampler = optuna.samplers.TPESampler(seed=seed, n_startup_trials=max(len(guesses), 1))
        self._study = optuna.create_study(direction="maximize", sampler=sampler)
        self._where = model.search.settings
        self._seen: set[str] = set()
        self._asked: Any = None
        self.guesses = len(guesses)
        fields = model.Config.model_fields
        for guess in guesses:
            whole = {name: guess.get(name, fields[name].default) for name in self._where}
            # What lies outside of the search, such as "age does not matter", is drawn.
            able = {k: v for k, v in whole.items() if _within(v, self._where[k])}
            self._study.enqueue_trial(able)

    def propose(self) -> dict[str, Any] | None:
        """Return settings that were not proposed yet; None when none are found."""
        for _ in range(_DRAWS):
            self._asked = self._study.ask()
            self.guesses = max(self.guesses - 1, 0)
            settings = {name: _draw(self._asked, name, self._where[name]) for name in self._where}
            key = repr(settings)
            if key not in self._seen:
                self._seen.add(key)
                return settings
            self.fail()
        return None

    def tell(self, value: float) -> None:
        """Tell how well the last proposal did."""
        self._study.tell(self._asked, value)

    def prune(self, value: float) -> None:
        """Tell how well the last proposal did on the first questions, when it was given up."""
        from optuna.trial import TrialState

        self._asked.report(value, step=0)
        self._study.tell(self._asked, state=TrialState.PRUNED)

    def fail(self) -> None:
        """Tell that nothing was measured of the last proposal."""
        from optuna.trial import TrialState

        self._study.tell(self._asked, state=TrialState.FAIL)


def _within(value: Any, where: Range | tuple[Any, ...]) -> bool:
    if isinstance(where, Range):
        return value is not None and where.low <= value <= where.high
    return value in where


def _draw(trial: Any, name: str, where: Range | tuple[Any, ...]) -> Any:
    if not isinstance(where, Range):
        return trial.suggest_categorical(name, list(where))
    if where.whole:
        return trial.suggest_int(name, int(where.low), int(where.high), log=where.log)
    value = trial.suggest_float(name, where.low, where.high, log=where.log)
    return float(f"{value:.4g}")
