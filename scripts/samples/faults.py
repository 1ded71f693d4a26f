"""Rows that cleaning must refuse, each with the reasons it must give, and rows that repeat a key and must be dropped."""

from dataclasses import dataclass

from . import schema

# No file has more refused rows than this share: the contracts' guard (maxRejects 5%) must hold on every delivery.
LARGEST_SHARE_OF_BAD_ROWS = 0.03
SHARE_OF_BAD_ROWS = 0.008
SHARE_OF_EXACT_DUPLICATES = 0.005
SHARE_OF_KEY_DUPLICATES = 0.003
SHARE_OF_BLANK_ROWS = 0.002


@dataclass(frozen=True)
class Fault:
    """What is wrong with a refused row: the cells put in (column to content) and the errors to be reported (column, code)."""

    cells: dict
    errors: tuple
    typed_again_below: bool = False   # has the key of the good row that follows it


def _one(column, content, *codes, typed_again_below=False):
    return Fault({column: content}, tuple((column, code) for code in codes), typed_again_below)


def _bad_id(column):
    """Two ways to spoil a key: a letter O for a zero, and too short. The marks are replaced by spoil()."""
    return (_one(column, LETTER_O, "pattern"), _one(column, TOO_SHORT, "length.min", "pattern"))


# Contents that depend on the row they stand in.
LETTER_O, TOO_SHORT = object(), object()

NOT_A_DATE = "not a date"
NO_SUCH_DAY = "31/02/2018 10:00:00"

FAULTS = {
    "customers": (
        *_bad_id("customer_id"),
        _one("customer_unique_id", None, "null.required"),
        _one("customer_state", "XX", "enum"),
        _one("customer_zip_code_prefix", "12AB5", "pattern"),
        _one("customer_id", "N/A", "null.required"),
    ),
    "orders": (
        _one("order_purchase_timestamp", NOT_A_DATE, "parse.timestamp", typed_again_below=True),
        _one("order_status", "teleported", "enum"),
        _one("order_id", None, "null.required"),
        _one("order_delivered_carrier_date", NO_SUCH_DAY, "parse.timestamp"),
        *_bad_id("order_id"),
        _one("customer_id", "-", "null.required"),
        _one("order_purchase_timestamp", "2008-03-01 10:00:00", "range.min"),
        _one("order_estimated_delivery_date", "30/02/2018", "parse.date"),
    ),
    "order_items": (
        _one("price", "abc", "parse.decimal", typed_again_below=True),
        _one("price", -10, "range.min"),
        _one("order_item_id", 0, "range.min"),
        _one("product_id", None, "null.required"),
        _one("freight_value", "12,34,56", "parse.decimal"),
        Fault({"price": "abc", "freight_value": -5}, (("price", "parse.decimal"), ("freight_value", "range.min"))),
        _one("order_item_id", "two", "parse.integer"),
        _one("shipping_limit_date", NO_SUCH_DAY, "parse.timestamp"),
        *_bad_id("seller_id"),
        _one("price", "1.23.456,00", "parse.decimal"),
    ),
    "order_payments": (
        _one("payment_type", "bitcoin", "enum"),
        _one("payment_value", "12,34,56", "parse.decimal", typed_again_below=True),
        _one("payment_installments", "3x", "parse.integer"),
        _one("payment_value", "-5,00", "range.min"),
        _one("payment_installments", -1, "range.min"),
        _one("payment_value", None, "null.required"),
        _one("payment_sequential", None, "null.required"),
    ),
    "order_reviews": (
        _one("review_score", 0, "range.min"),
        _one("review_score", 7, "range.max", typed_again_below=True),
        _one("review_score", "five", "parse.integer"),
        _one("review_answer_timestamp", "ontem", "parse.timestamp"),
        _one("review_id", None, "null.required"),
        _one("review_creation_date", "2018-02-30", "parse.date"),
        _one("review_score", "N/A", "null.required"),
        *_bad_id("order_id"),
    ),
    "products": (
        _one("product_weight_g", -200, "range.min"),
        _one("product_weight_g", "1,5 kg", "parse.integer", typed_again_below=True),
        _one("product_id", None, "null.required"),
        *_bad_id("product_id"),
        _one("product_photos_qty", "many", "parse.integer"),
    ),
    "sellers": (
        _one("seller_zip_code_prefix", "ABCDE", "pattern"),
        _one("seller_id", None, "null.required"),
        _one("seller_state", "XX", "enum", typed_again_below=True),
        _one("seller_city", "-", "null.required"),
    ),
    "product_category_name_translation": (
        _one("product_category_name_english", None, "null.required"),
        _one("product_category_name", "N/A", "null.required"),
    ),
}

# Why the sum below the payments is no payment.
TOTAL_ERRORS = (
    ("order_id", "length.min"), ("order_id", "pattern"), ("payment_sequential", "null.required"),
    ("payment_type", "null.required"), ("payment_installments", "null.required"),
)


def bad_row_count(dataset_name, good_count):
    """How many bad rows a sheet of that many good rows gets: every kind once if the guard leaves room for them."""
    wanted = max(len(FAULTS[dataset_name]), round(good_count * SHARE_OF_BAD_ROWS))
    return min(wanted, int(good_count * LARGEST_SHARE_OF_BAD_ROWS))


def spoil(dataset, fault, row, number, dice):
    """A refused row made after a good one: the values by column, where the fault's contents are to be written as they are.

    Unless it is typed again below, it gets a key that no good row has.
    """
    values = list(row)
    if not fault.typed_again_below:
        position, content = fresh_key(dataset, number, dice)
        values[position] = content
    contents = {}
    for column_name, content in fault.cells.items():
        if content is LETTER_O:
            content = "".join(("o" if place == 7 else digit) for place, digit in enumerate(dice.hex_id()))
        elif content is TOO_SHORT:
            content = dice.hex_id()[:31]
        contents[column_name] = content
    return values, contents


def fresh_key(dataset, number, dice):
    """A position of the key and a value there that makes the whole key a new one."""
    if dataset is schema.ORDER_ITEMS or dataset is schema.ORDER_PAYMENTS:
        return 1, 500 + number
    if dataset is schema.TRANSLATION:
        return 0, f"categoria_nova_{number}"
    return 0, dice.hex_id()


def with_other_content(dataset, row):
    """A row with the same key that says something else: the later one of two in a file, which loses."""
    values = list(row)
    position, change = _OTHER_CONTENT[dataset.name]
    values[position] = change(values[position])
    return tuple(values)


_OTHER_CONTENT = {
    "customers": (2, lambda value: f"{(int(value) + 7) % 99000 + 1000:05d}"),
    "orders": (2, lambda value: "processing" if value != "processing" else "invoiced"),
    "order_items": (5, lambda value: value + 100),
    "order_payments": (4, lambda value: value + 1),
    "order_reviews": (2, lambda value: 1 + value % 5),
    "products": (5, lambda value: (value or 0) + 50),
    "sellers": (1, lambda value: f"{(int(value) + 7) % 99000 + 1000:05d}"),
    "product_category_name_translation": (1, lambda value: f"{value}_2"),
}
