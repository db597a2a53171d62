"""Which numbers of a sentence and of its translation have no equal on the other side."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from decimal import Decimal

from mtqa.knowledge.number_reading import Form, Number

_YEARS = range(1000, 2200)
_CENTURY, _LEAST_DECADE = 100, 20  # the nineties are the 1990s
_HALF, _HALF_OF_HUNDRED = Decimal("0.5"), Decimal(50)  # half is 50 per cent
_ROUNDED_FROM = 1000  # scales that invite rounding: "1.5 million" for 1,512,345
_MORE_DIGITS = 2  # significant digits that a number must have more than what it was rounded to


class Pool:
    """The values of one side that a number of the other side may agree with."""

    def __init__(self, numbers: Iterable[Number]) -> None:
        self._values: set[Decimal] = set()
        self._months: set[Decimal] = set()
        for number in numbers:
            if number.form is Form.MONTH:
                self._months |= number.values
            else:
                self._values |= number.values
                self._values |= set(number.parts)
                self._values |= {_HALF_OF_HUNDRED} if _HALF in number.values else set()
        self._short_years = {value for value in self._values if value == int(value) and value < _CENTURY}
        self._years = {value for value in self._values if is_year(value)}
        self._precise = [value for value in self._values if value >= _ROUNDED_FROM]

    def has(self, number: Number) -> bool:
        """True if the number, or all of its parts, have an equal here: 2019 and '19 are equal, 1,512,345 rounds to
        1.5 million. April has no equal in a 4, unless that may be a part of a date.
        """
        if not self._values.isdisjoint(number.values):
            return True
        if number.form is Form.MONTH and not self._months.isdisjoint(number.values):
            return True
        if number.parts and (self._values | self._months).issuperset(number.parts):
            return True
        if any(is_year(value) and value % _CENTURY in self._short_years for value in number.values):
            return True
        if number.form is not Form.ROMAN and any(
            value < _CENTURY
            and (number.form is not Form.WORDS or (value >= _LEAST_DECADE and value % 10 == 0))
            and any(year % _CENTURY == value for year in self._years)
            for value in number.values
        ):
            return True
        return any(_rounds(precise, value, number.scale) for value in number.values for precise in self._precise)


def without_equal(numbers: Sequence[Number], pool: Pool) -> list[Number]:
    """The firm numbers that the other side does not have."""
    return [number for number in numbers if number.firm and not pool.has(number)]


def in_surplus(numbers: Sequence[Number], others: Sequence[Number]) -> list[Number]:
    """The firm numbers that have too few equals on the other side: the last ones of those that are equal."""
    counts = Counter(value for other in others for value in {*other.values, *other.parts})
    left = []
    for number in numbers:
        value = next((value for value in sorted(number.values) if counts[value] > 0), None)
        if value is not None:
            counts[value] -= 1
        elif number.firm:
            left.append(number)
    return left


def is_year(value: Decimal) -> bool:
    """True for a whole number that can be a year."""
    return value == int(value) and int(value) in _YEARS


def significant(value: Decimal) -> str:
    """The digits of a number without zeros at its ends and without its decimal mark: 3.5 and 350 are 35."""
    return "".join(map(str, value.as_tuple().digits)).strip("0")


def _rounds(precise: Decimal, value: Decimal, scale: Decimal) -> bool:
    if scale < _ROUNDED_FROM or len(significant(precise)) < len(significant(value)) + _MORE_DIGITS:
        return False
    exponent = (value / scale).normalize().as_tuple().exponent
    step = scale * Decimal(10) ** (exponent if isinstance(exponent, int) and exponent < 0 else 0)
    return abs(precise - value) < step
