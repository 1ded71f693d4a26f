"""The eight datasets: their columns, types and keys, as the contracts declare them."""

from dataclasses import dataclass
from functools import cached_property

# What a column holds, in the truth. Money is kept as whole cents (int) until it is written.
TEXT = "text"
INTEGER = "integer"
MONEY = "decimal(12,2)"
TIMESTAMP = "timestamp"
DATE = "date"

# What people do to a column's cells depends on more than the type.
ID = "id"
WORD = "word"          # a code word: order status, payment type, category
STATE = "state"
CITY = "city"
ZIP = "zip"
FREE = "free"          # free text, kept as typed
NUMBER = "number"
MOMENT = "moment"


@dataclass(frozen=True)
class Column:
    """One column of a dataset: its type in the truth and the habit people have with its cells."""

    name: str
    type: str
    habit: str
    required: bool = False


@dataclass(frozen=True)
class Dataset:
    """One dataset: its columns in contract order and the names of its primary key columns."""

    name: str
    columns: tuple
    key: tuple

    def index(self, column_name):
        """The position of a column in a row."""
        return self.positions[column_name]

    @cached_property
    def positions(self):
        """Column name to position in a row."""
        return {column.name: position for position, column in enumerate(self.columns)}

    @cached_property
    def key_positions(self):
        """The positions of the primary key columns in a row."""
        return tuple(self.positions[name] for name in self.key)

    def key_of(self, row):
        """The primary key of a row of the truth."""
        return tuple(row[position] for position in self.key_positions)


def _id(name, required=True):
    return Column(name, TEXT, ID, required)


def _word(name, required=True):
    return Column(name, TEXT, WORD, required)


def _integer(name, required=True):
    return Column(name, INTEGER, NUMBER, required)


def _money(name):
    return Column(name, MONEY, NUMBER, True)


def _timestamp(name, required=False):
    return Column(name, TIMESTAMP, MOMENT, required)


def _date(name):
    return Column(name, DATE, MOMENT, True)


def _address(prefix):
    return (
        Column(f"{prefix}_zip_code_prefix", TEXT, ZIP, True),
        Column(f"{prefix}_city", TEXT, CITY, True),
        Column(f"{prefix}_state", TEXT, STATE, True),
    )


CUSTOMERS = Dataset(
    "customers",
    (_id("customer_id"), _id("customer_unique_id"), *_address("customer")),
    ("customer_id",),
)
ORDERS = Dataset(
    "orders",
    (
        _id("order_id"),
        _id("customer_id"),
        _word("order_status"),
        _timestamp("order_purchase_timestamp", True),
        _timestamp("order_approved_at"),
        _timestamp("order_delivered_carrier_date"),
        _timestamp("order_delivered_customer_date"),
        _date("order_estimated_delivery_date"),
    ),
    ("order_id",),
)
ORDER_ITEMS = Dataset(
    "order_items",
    (
        _id("order_id"),
        _integer("order_item_id"),
        _id("product_id"),
        _id("seller_id"),
        _timestamp("shipping_limit_date", True),
        _money("price"),
        _money("freight_value"),
    ),
    ("order_id", "order_item_id"),
)
ORDER_PAYMENTS = Dataset(
    "order_payments",
    (
        _id("order_id"),
        _integer("payment_sequential"),
        _word("payment_type"),
        _integer("payment_installments"),
        _money("payment_value"),
    ),
    ("order_id", "payment_sequential"),
)
ORDER_REVIEWS = Dataset(
    "order_reviews",
    (
        _id("review_id"),
        _id("order_id"),
        _integer("review_score"),
        Column("review_comment_title", TEXT, FREE),
        Column("review_comment_message", TEXT, FREE),
        _date("review_creation_date"),
        _timestamp("review_answer_timestamp", True),
    ),
    ("review_id", "order_id"),
)
PRODUCTS = Dataset(
    "products",
    (
        _id("product_id"),
        _word("product_category_name", False),
        _integer("product_name_length", False),
        _integer("product_description_length", False),
        _integer("product_photos_qty", False),
        _integer("product_weight_g", False),
        _integer("product_length_cm", False),
        _integer("product_height_cm", False),
        _integer("product_width_cm", False),
    ),
    ("product_id",),
)
SELLERS = Dataset("sellers", (_id("seller_id"), *_address("seller")), ("seller_id",))
TRANSLATION = Dataset(
    "product_category_name_translation",
    (_word("product_category_name"), _word("product_category_name_english")),
    ("product_category_name",),
)

DATASETS = {
    dataset.name: dataset
    for dataset in (
        CUSTOMERS, ORDERS, ORDER_ITEMS, ORDER_PAYMENTS, ORDER_REVIEWS, PRODUCTS, SELLERS, TRANSLATION,
    )
}
