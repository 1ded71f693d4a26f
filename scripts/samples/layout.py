"""Which workbook holds which rows on which day, under which names: the folder as the business keeps it."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from . import schema
from .days import DAYS
from .places import SOUTHEAST
from .words import CATEGORIES

# Share of cells that people have changed in a sheet someone types into, and in one that a program wrote.
TYPED, EXPORTED = 0.30, 0.06


@dataclass(frozen=True)
class Sheet:
    """One data sheet: its name, rows of the truth in order, and how people dressed it up."""

    name: str
    rows: list
    headers: tuple = ()          # (column, header text), in the sheet's order; empty: the contract's names and order
    titles: tuple = ()           # rows of cells above the header
    extras: tuple = ()           # headers of columns that no contract knows
    untidiness: float = TYPED
    dates: tuple = ("yyyy-mm-dd hh:mm:ss",)   # number formats of real dates
    total_of: str = ""           # a column whose sum stands below the data


@dataclass(frozen=True)
class Book:
    """One workbook: where it lies, of which dataset, its data sheets, and the sheets around them."""

    drive_path: str
    dataset: schema.Dataset
    clock: str                   # time of day at which it was last saved, "HH:MM"
    sheets: tuple
    notes: tuple = ()            # lines of a notes sheet, none if empty
    notes_first: bool = False
    hidden_list: bool = False
    date_1904: bool = False
    inline_strings: bool = False

    def saved_on(self, day):
        """The modified time (UTC) if it was saved on that day."""
        hour, minute = self.clock.split(":")
        return DAYS[day] + timedelta(hours=int(hour), minutes=int(minute))


@dataclass
class Folder:
    """The whole folder on one day."""

    books: list = field(default_factory=list)
    splits: list = field(default_factory=list)


UNMATCHED_PATH = "Marketing/Campaign ideas.xlsx"
UNMATCHED_SAVED = datetime(2018, 5, 20, 16, 45)

ORDER_HEADERS = (
    ("order_id", "Order ID"), ("order_purchase_timestamp", "Purchase Timestamp"), ("order_status", "Status"),
    ("order_approved_at", "Approved At"), ("order_delivered_carrier_date", "Delivered to Carrier"),
    ("order_delivered_customer_date", "Delivered to Customer"), ("order_estimated_delivery_date", "Estimated Delivery"),
    ("customer_id", "Customer ID"),
)
# A stray space at the end of one header: the names are the contract's otherwise, in another order.
ORDER_EXPORT_HEADERS = (
    ("order_id", "order_id"), ("customer_id", "customer_id"), ("order_purchase_timestamp", "order_purchase_timestamp"),
    ("order_approved_at", "order_approved_at"), ("order_delivered_carrier_date", "order_delivered_carrier_date"),
    ("order_delivered_customer_date", "order_delivered_customer_date"),
    ("order_estimated_delivery_date", "order_estimated_delivery_date"), ("order_status", "order_status "),
)
ITEM_HEADERS = (
    ("order_id", "Order ID"), ("order_item_id", "Item"), ("product_id", "Product ID"), ("price", "Price (R$)"),
    ("freight_value", "Freight (R$)"), ("seller_id", "Seller ID"), ("shipping_limit_date", "Shipping Limit"),
)
PAYMENT_HEADERS = (
    ("order_id", "Order ID"), ("payment_sequential", "Seq"), ("payment_type", "Payment Type"),
    ("payment_installments", "Installments"), ("payment_value", "Value"),
)
REVIEW_HEADERS = (
    ("review_id", "Review ID"), ("order_id", "Order ID"), ("review_creation_date", "Created"),
    ("review_answer_timestamp", "Answered"), ("review_score", "Score"), ("review_comment_title", "Title"),
    ("review_comment_message", "Comment"),
)
CUSTOMER_HEADERS = (
    ("customer_id", "Customer ID"), ("customer_unique_id", "Customer Unique ID"), ("customer_city", "City"),
    ("customer_state", "UF"), ("customer_zip_code_prefix", "Zip Prefix"),
)
PRODUCT_HEADERS = (
    ("product_id", "Product ID"), ("product_category_name", "Category"), ("product_weight_g", "Weight (g)"),
    ("product_length_cm", "product_length_cm"), ("product_height_cm", "product_height_cm"),
    ("product_width_cm", "product_width_cm"), ("product_name_length", "product_name_lenght"),
    ("product_description_length", "product_description_lenght"), ("product_photos_qty", "product_photos_qty"),
)
SELLER_HEADERS = (
    ("seller_id", "Seller ID"), ("seller_city", "City"), ("seller_state", "UF"), ("seller_zip_code_prefix", "Zip Prefix"),
)
CATEGORY_HEADERS = (("product_category_name", "Category"), ("product_category_name_english", "Category (English)"))

BRAZILIAN_DATES = ("dd/mm/yyyy hh:mm", "dd/mm/yyyy hh:mm:ss", "d-mmm-yy h:mm")
AMERICAN_DATES = ("m/d/yy h:mm", "yyyy-mm-dd hh:mm:ss")


def make_folder(world, day):
    """The workbooks of one day, in the order of their paths' sections: sales, people, catalogue."""
    folder = Folder()
    for books in (order_books(world, day, folder), item_books(world), payment_books(world, day, folder),
                  review_books(world, day), customer_books(world), catalogue_books(world)):
        folder.books += books
    return folder


def stale_row(order):
    """The order as the yearly file still has it: on its way."""
    return replace(order, status="shipped", delivered=None).order_row()


def order_books(world, day, folder):
    """Two yearly files that overlap at the turn of the year, and on days 1 and 2 a corrections file that knows better."""
    corrected, overlapping = set(world.corrected), set(world.overlapping)
    old_orders = [order for order in world.orders if order.purchased.year < 2018]
    new_orders = [order for order in world.orders if order.purchased.year >= 2018]
    old_rows = [stale_row(order) if order.order_id in corrected or order.order_id in overlapping else order.order_row()
                for order in old_orders]
    # The split files of day 3 hold what the corrections said; until then the yearly file of 2018 is as stale as the other.
    new_rows = [order.order_row() for order in old_orders if order.order_id in overlapping]
    new_rows += [stale_row(order) if day < 3 and order.order_id in corrected else order.order_row() for order in new_orders]
    books = [Book(
        "Sales/Orders 2016-2017.xlsx", schema.ORDERS, "09:00",
        (Sheet("Orders", old_rows, ORDER_HEADERS, (("Orders 2016 and 2017",), ("Kept by", "Sales operations"), ()),
               ("Remarks",), TYPED, BRAZILIAN_DATES),),
        ("Status as of the last export.", "Questions to sales operations."),
    )]
    if day < 3:
        books.append(orders_2018_book("Sales/Orders 2018.xlsx", "10:00", "Orders 2018", new_rows))
        # On day 2 four more corrections arrive: so the corrections file stays the later one.
        known = world.corrected if day == 2 else world.corrected[: len(world.corrected) * 3 // 4]
        known = set(known)
        rows = [order.order_row() for order in world.orders if order.order_id in known]
        books.append(Book("Sales/orders corrections.xlsx", schema.ORDERS, "15:00",
                          (Sheet("Orders", rows, ORDER_HEADERS, (("Corrections, please use these",),), (), TYPED, BRAZILIAN_DATES),)))
    else:
        middle = datetime(2018, 7, 1)
        halves = [row for row in new_rows if row[3] < middle], [row for row in new_rows if row[3] >= middle]
        books.append(orders_2018_book("Sales/Orders 2018-H1.xlsx", "10:00", "Orders 2018-H1", halves[0]))
        books.append(orders_2018_book("Sales/Orders 2018-H2.xlsx", "10:05", "Orders 2018-H2", halves[1]))
        folder.splits.append(("Sales/Orders 2018.xlsx", ["Sales/Orders 2018-H1.xlsx", "Sales/Orders 2018-H2.xlsx"]))
    return books


def orders_2018_book(drive_path, clock, sheet_name, rows):
    return Book(drive_path, schema.ORDERS, clock,
                (Sheet(sheet_name, rows, ORDER_EXPORT_HEADERS, (), (), EXPORTED, AMERICAN_DATES),),
                ("Exported from the shop.", "Do not edit the first sheet."), notes_first=True)


def item_books(world):
    rows = [item for order in world.orders for item in order.items]
    return [Book("Sales/order_items.xlsx", schema.ORDER_ITEMS, "11:00",
                 (Sheet("Order Items", rows, ITEM_HEADERS, (("Items sold",),), ("Checked by",), TYPED, BRAZILIAN_DATES),),
                 ("Prices in reais, freight separate.",))]


def payment_books(world, day, folder):
    """One file on day 1, split by year afterwards."""
    def book(drive_path, clock, orders):
        rows = [payment for order in orders for payment in order.payments]
        return Book(drive_path, schema.ORDER_PAYMENTS, clock,
                    (Sheet("Payments", rows, PAYMENT_HEADERS, (), (), TYPED, total_of="payment_value"),), inline_strings=True)

    if day == 1:
        return [book("Sales/Order_Payments.xlsx", "11:20", world.orders)]
    parts = ["Sales/Order_Payments 2016-2017.xlsx", "Sales/Order_Payments 2018.xlsx"]
    if day == 2:
        folder.splits.append(("Sales/Order_Payments.xlsx", parts))
    return [book(parts[0], "11:20", [order for order in world.orders if order.purchased.year < 2018]),
            book(parts[1], "11:25", [order for order in world.orders if order.purchased.year >= 2018])]


def review_books(world, day):
    """The first reviews have a file of their own, made on a Mac long ago, which is gone on day 2. The other file has two sheets."""
    turn, new_year = datetime(2017, 4, 1), datetime(2018, 1, 1)

    def rows(first, last):
        return [review for order in world.orders if first <= order.purchased < last for review in order.reviews]

    books = []
    if day == 1:
        books.append(Book("Sales/order_reviews 2016-2017Q1.xlsx", schema.ORDER_REVIEWS, "12:00",
                          (Sheet("Reviews", rows(datetime.min, turn), (), (("Customer reviews",), ()), (), TYPED, BRAZILIAN_DATES),),
                          date_1904=True))
    books.append(Book(
        "Sales/order_reviews.xlsx", schema.ORDER_REVIEWS, "12:10",
        (Sheet("Reviews 2017", rows(turn, new_year), REVIEW_HEADERS, (), ("Campaign",), TYPED, BRAZILIAN_DATES),
         Sheet("Reviews 2018", rows(new_year, datetime.max), (), (("Customer reviews 2018",),), (), EXPORTED, AMERICAN_DATES)),
        ("Scores from 1 to 5.",)))
    return books


def customer_books(world):
    def rows(southeast):
        return [order.customer_row() for order in world.orders if (order.address[2] in SOUTHEAST) == southeast]

    return [
        Book("People/Customers Southeast.xlsx", schema.CUSTOMERS, "13:00",
             (Sheet("Customers", rows(True), CUSTOMER_HEADERS, (("Customers: SP, RJ, MG, ES",),)),)),
        Book("People/Customers other states.xlsx", schema.CUSTOMERS, "13:05",
             (Sheet("Customers", rows(False), tuple((column.name, column.name) for column in reversed(schema.CUSTOMERS.columns))),)),
        Book("People/Sellers.xlsx", schema.SELLERS, "13:30",
             (Sheet("Sellers", list(world.sellers.values()), SELLER_HEADERS, (("Our sellers",), (), ())),), hidden_list=True),
    ]


def catalogue_books(world):
    return [
        Book("Catalog/Products.xlsx", schema.PRODUCTS, "14:00",
             (Sheet("Products", list(world.products.values()), PRODUCT_HEADERS),), ("Weights in grams, sizes in centimetres.",)),
        Book("Catalog/product_category_name_translation.xlsx", schema.TRANSLATION, "14:10",
             (Sheet("Categories", list(CATEGORIES.items()), CATEGORY_HEADERS),)),
    ]
