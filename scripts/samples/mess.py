"""What people do to single cells without changing what they mean: every form here must come out of cleaning as the truth."""

import math
import unicodedata
from dataclasses import dataclass
from datetime import datetime

from . import schema

NO_BREAK_SPACE = "\u00a0"
# Words that stand for "nothing" in cells that may be empty (never in free text, where only emptiness is).
NULL_WORDS = ("N/A", "-", "NULL")
# Spellings that the contracts map to the code word.
SPELLINGS = {"canceled": "Cancelled", "credit_card": "Credit Card", "debit_card": "Debit card"}
DATE_NUMBER_FORMATS = ("dd/mm/yyyy", "yyyy-mm-dd", "d-mmm-yy")
# Date texts, in the words of the contracts' format language.
TEXT_FORMATS = ("yyyy-MM-dd HH:mm:ss", "yyyy-MM-dd'T'HH:mm:ss", "dd/MM/yyyy HH:mm:ss", "dd/MM/yyyy HH:mm", "yyyy-MM-dd", "dd/MM/yyyy")


class Noise(float):
    """A number with the binary noise that calculations leave, to be written with all its 17 digits."""

    def __format__(self, specification):
        return repr(float(self))

    def __repr__(self):
        return f"Noise({float(self)!r})"


@dataclass(frozen=True)
class DateCell:
    """A real Excel date: a moment or day, and the number format that shows it."""

    value: object
    number_format: str


@dataclass(frozen=True)
class FormulaCell:
    """A formula with the value that Excel stored beside it."""

    formula: str
    value: object


def dress(column, value, dice, sheet):
    """The cell that holds `value` in a sheet: tidy most of the time, otherwise in one of the forms people leave behind."""
    if value is None:
        return empty_cell(column, dice)
    return _DRESSERS[column.habit](column, value, dice, sheet)


def empty_cell(column, dice):
    """Nothing: mostly a blank cell, sometimes a word for nothing, a formula that gives no text, or a lookup that failed."""
    draw = dice.random()
    if draw < 0.75:
        return None
    if draw < 0.82:
        return FormulaCell('=""', "")
    if column.habit == schema.FREE:
        return None
    if draw < 0.86 and column.habit == schema.WORD:
        return FormulaCell("=NA()", "#N/A")
    return dice.one_of(NULL_WORDS)


def with_stray_spaces(text, dice):
    draw = dice.random()
    if draw < 0.4:
        return text + " "
    if draw < 0.7:
        return " " + text
    if draw < 0.85:
        return text + NO_BREAK_SPACE
    return f"{NO_BREAK_SPACE} {text}  "


def dress_id(column, value, dice, sheet):
    draw = dice.random()
    if draw > sheet.untidiness * 0.1:
        return value
    return value.upper() if draw < sheet.untidiness * 0.03 else with_stray_spaces(value, dice)


def dress_word(column, value, dice, sheet):
    draw = dice.random() / sheet.untidiness
    if draw > 0.4:
        return value
    if draw < 0.08 and value in SPELLINGS:
        return SPELLINGS[value]
    if draw < 0.16:
        return value.upper()
    if draw < 0.24:
        return with_stray_spaces(value[:1].upper() + value[1:], dice)
    return with_stray_spaces(value.upper() if dice.chance(0.2) else value, dice)


def dress_state(column, value, dice, sheet):
    draw = dice.random() / sheet.untidiness
    if draw > 0.3:
        return value
    return value.lower() if draw < 0.15 else with_stray_spaces(value, dice)


def dress_city(column, value, dice, sheet):
    draw = dice.random() / sheet.untidiness
    if draw > 0.9:
        return value
    if draw < 0.3:
        return value.upper()
    if draw < 0.6:
        return value.title()
    if draw < 0.7:
        # Typed on a Mac: letters and accents apart.
        return unicodedata.normalize("NFD", value)
    if draw < 0.8 and " " in value:
        return value.replace(" ", "  ", 1)
    return with_stray_spaces(value, dice)


def dress_zip(column, value, dice, sheet):
    """Excel takes 01310 for a number and forgets the zero."""
    draw = dice.random()
    if draw < 0.5 + sheet.untidiness:
        return int(value)
    if draw < 0.85:
        return value
    return with_stray_spaces(value.lstrip("0"), dice)


def dress_free(column, value, dice, sheet):
    if value.isdecimal() and dice.chance(0.5):
        # Excel makes a number of what looks like one.
        return int(value)
    return with_stray_spaces(value, dice) if dice.chance(sheet.untidiness * 0.2) else value


def dress_number(column, value, dice, sheet):
    if column.type == schema.MONEY:
        return dress_money(value, dice, sheet)
    draw = dice.random() / sheet.untidiness
    if draw > 0.1:
        return value
    return str(value) if draw < 0.06 else with_stray_spaces(str(value), dice)


def dress_money(cents, dice, sheet):
    draw = dice.random() / sheet.untidiness
    amount = cents / 100
    if draw > 1:
        return amount
    if draw < 0.35:
        return noisy(amount, dice)
    if draw < 0.42:
        part = cents // 3
        return FormulaCell(f"={part / 100}+{(cents - part) / 100}", part / 100 + (cents - part) / 100)
    return money_text(cents, dice)


def noisy(amount, dice):
    """The nearest neighbour, or one a little further: what =39.98-19.99 leaves. Rounded to 15 digits it is the amount again."""
    direction = math.inf if dice.chance(0.5) else 0.0
    neighbour = math.nextafter(amount, direction)
    if dice.chance(0.5):
        neighbour = math.nextafter(neighbour, direction)
    return Noise(neighbour) if f"{neighbour:.15g}" == f"{amount:.15g}" else amount


def money_text(cents, dice):
    """An amount as Brazilians write it: 1.234,56 or R$ 19,90."""
    whole, rest = divmod(cents, 100)
    digits = f"{whole:,}".replace(",", ".") if dice.chance(0.7) else str(whole)
    text = f"{digits},{rest:02d}"
    if rest % 10 == 0 and dice.chance(0.3):
        text = text[:-1]
    draw = dice.random()
    if draw < 0.3:
        return f"R$ {text}"
    if draw < 0.4:
        return f"R${NO_BREAK_SPACE}{text}"
    if draw < 0.6:
        return with_stray_spaces(text, dice)
    return text


def dress_moment(column, value, dice, sheet):
    draw = dice.random() / sheet.untidiness
    if column.type == schema.DATE:
        if draw > 0.5:
            return DateCell(value, "dd/mm/yyyy" if sheet.dates[0].startswith("d") else "yyyy-mm-dd")
        return DateCell(value, dice.one_of(DATE_NUMBER_FORMATS)) if draw < 0.15 else day_text(value, dice)
    if draw > 0.6:
        return DateCell(value, sheet.dates[0])
    if draw < 0.3:
        return DateCell(value, dice.one_of(sheet.dates))
    return with_stray_spaces(moment_text(value, dice), dice) if draw < 0.34 else moment_text(value, dice)


def day_text(value, dice):
    return value.isoformat() if dice.chance(0.4) else f"{value.day:02d}/{value.month:02d}/{value.year:04d}"


def moment_text(value: datetime, dice):
    """A moment as text, without losing a second of it."""
    day, time = f"{value.day:02d}/{value.month:02d}/{value.year:04d}", value.strftime("%H:%M:%S")
    draw = dice.random()
    if draw < 0.3:
        return f"{value.date().isoformat()} {time}"
    if draw < 0.4:
        return f"{value.date().isoformat()}T{time}"
    if value.second == 0 and value.hour == value.minute == 0:
        return day
    return f"{day} {time[:5]}" if value.second == 0 else f"{day} {time}"


_DRESSERS = {
    schema.ID: dress_id, schema.WORD: dress_word, schema.STATE: dress_state, schema.CITY: dress_city,
    schema.ZIP: dress_zip, schema.FREE: dress_free, schema.NUMBER: dress_number, schema.MOMENT: dress_moment,
}
