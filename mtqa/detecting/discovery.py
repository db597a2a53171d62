"""Finding detectors: the modules of mtqa.detectors, then the entry points of group `mtqa.detectors`."""

from __future__ import annotations

import importlib
import pkgutil
from functools import lru_cache
from importlib.metadata import entry_points
from importlib.resources import files
from types import ModuleType

import mtqa.detectors
from mtqa.detecting.protocol import Detector, Rule
from mtqa.errors import DetectorError

GROUP = "mtqa.detectors"


@lru_cache(maxsize=1)
def discover() -> tuple[Detector, ...]:
    """All detectors, sorted by rule id. DetectorError if one lacks RULE, detect or its page."""
    detectors: dict[str, Detector] = {}
    names = [f"{mtqa.detectors.__name__}.{module.name}" for module in pkgutil.iter_modules(mtqa.detectors.__path__)]
    plugins = [point.value for point in entry_points(group=GROUP)]
    for name in sorted(names) + sorted(plugins):
        try:
            module = importlib.import_module(name)
        except Exception as error:  # a plugin may fail in any way while it is imported
            reason = f"{type(error).__name__}: {error}"
            raise DetectorError(f"detector {name} cannot be imported ({reason})") from error
        detector = load_detector(module)
        if detector.rule.id in detectors:
            raise DetectorError(f"two detectors are called {detector.rule.id}; the second is {name}")
        detectors[detector.rule.id] = detector
    return tuple(detectors[rule] for rule in sorted(detectors))


def load_detector(module: ModuleType) -> Detector:
    """The detector that a module defines: RULE, detect, and a page <module>.md beside it."""
    rule, detect = getattr(module, "RULE", None), getattr(module, "detect", None)
    if not isinstance(rule, Rule) or not callable(detect):
        raise DetectorError(f"{module.__name__} must define RULE (a Rule) and detect (a generator function)")
    package, _, stem = module.__name__.rpartition(".")
    page = files(package).joinpath(f"{stem}.md") if package else None
    if page is None or not page.is_file():
        raise DetectorError(f"{module.__name__} has no page {stem}.md beside it")
    return Detector(rule=rule, detect=detect, page=page.read_text(encoding="utf-8"))
