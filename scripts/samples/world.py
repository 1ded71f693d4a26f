"""A shop's truth: orders with everything that belongs to them, products and sellers, before anyone typed them into Excel.

The shapes follow what is known of the public Olist data (shares of statuses, payment types, states, scores, months);
every row is made up.
"""

import math
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from .dice import Dice, Weighted
from .places import SELLER_STATES, STATES
from .words import CATEGORIES, REVIEW_CLOSINGS, REVIEW_OPENINGS, REVIEW_TITLES

# Orders by month of purchase.
MONTH_WEIGHTS = {
    (2016, 9): 4, (2016, 10): 320, (2016, 12): 4,
    (2017, 1): 800, (2017, 2): 1780, (2017, 3): 2680, (2017, 4): 2400, (2017, 5): 3700, (2017, 6): 3250,
    (2017, 7): 4030, (2017, 8): 4330, (2017, 9): 4290, (2017, 10): 4630, (2017, 11): 7540, (2017, 12): 5670,
    (2018, 1): 7270, (2018, 2): 6730, (2018, 3): 7210, (2018, 4): 6940, (2018, 5): 6870, (2018, 6): 6170,
    (2018, 7): 6290, (2018, 8): 6510, (2018, 9): 20, (2018, 10): 5,
}
# Shares of the orders that are not delivered; at least one order of each.
OTHER_STATUSES = {
    "shipped": 0.0111, "canceled": 0.0063, "unavailable": 0.0061, "invoiced": 0.0032, "processing": 0.0030,
    "created": 0.0003, "approved": 0.0003,
}
HOUR_WEIGHTS = [24, 12, 5, 3, 2, 2, 5, 12, 30, 48, 62, 66, 60, 65, 66, 65, 67, 62, 58, 60, 62, 62, 58, 41]
ITEM_COUNTS = Weighted({1: 900, 2: 76, 3: 13, 4: 5, 5: 2, 6: 2, 8: 1, 12: 0.5, 20: 0.5})
INSTALLMENTS = Weighted({
    1: 331, 2: 162, 3: 136, 4: 92, 5: 68, 6: 51, 7: 21, 8: 56, 9: 8, 10: 69, 11: 1, 12: 2, 15: 1, 18: 1, 20: 1, 24: 1, 0: 0.5,
})
PAYMENT_TYPES = Weighted({"credit_card": 752, "boleto": 195, "voucher": 38, "debit_card": 15})
SCORES_ON_TIME = Weighted({1: 8, 2: 3, 3: 8, 4: 20, 5: 61})
SCORES_LATE = Weighted({1: 46, 2: 9, 3: 12, 4: 12, 5: 21})
CUSTOMER_STATES = Weighted({state: share for state, (share, _, _) in STATES.items()})
SELLERS_BY_STATE = Weighted(SELLER_STATES)

SHARE_OF_REPEAT_ORDERS = 0.03
SHARE_OF_MOVED_REPEATS = 0.3
SHARE_OF_SHARED_REVIEWS = 0.008
SMALLEST_PRODUCT_COUNT = 400
SMALLEST_SELLER_COUNT = 120


@dataclass(frozen=True)
class Order:
    """One order and all that hangs on it; a row tuple of each dataset is made from it."""

    order_id: str
    customer_id: str
    person: str
    address: tuple
    status: str
    purchased: datetime
    approved: datetime
    shipped: datetime
    delivered: datetime
    estimated: date
    items: tuple = ()
    payments: tuple = ()
    reviews: tuple = ()

    def order_row(self):
        return (self.order_id, self.customer_id, self.status, self.purchased, self.approved, self.shipped,
                self.delivered, self.estimated)

    def customer_row(self):
        return (self.customer_id, self.person, *self.address)


@dataclass
class World:
    """The shop on one day: orders by time of purchase, products and sellers by key, and the orders whose rows people keep wrong."""

    orders: list = field(default_factory=list)
    products: dict = field(default_factory=dict)
    sellers: dict = field(default_factory=dict)
    product_sellers: dict = field(default_factory=dict)
    product_prices: dict = field(default_factory=dict)
    unsold_products: list = field(default_factory=list)
    unsold_sellers: list = field(default_factory=list)
    corrected: list = field(default_factory=list)
    overlapping: list = field(default_factory=list)

    def copy(self):
        """A copy that can be changed without changing this one."""
        return World(list(self.orders), dict(self.products), dict(self.sellers), dict(self.product_sellers),
                     dict(self.product_prices), list(self.unsold_products), list(self.unsold_sellers),
                     self.corrected, self.overlapping)


def make_address(dice, states=CUSTOMER_STATES):
    """A postal code prefix, a town and a state that fit together."""
    state = states.draw(dice)
    _, (first, last), towns = STATES[state]
    town = towns[0] if dice.chance(0.5) else dice.one_of(towns)
    return (f"{dice.whole(first, last):05d}", town, state)


def make_product(dice, categories):
    """A product row and its usual price in cents."""
    described = not dice.chance(0.019)
    measured = not dice.chance(0.002)
    row = (
        dice.hex_id(),
        categories.draw(dice) if described else None,
        dice.whole(20, 64) if described else None,
        min(3990, 40 + int(math.exp(dice.gauss(6.4, 0.8)))) if described else None,
        min(20, 1 + int(dice.expovariate(0.8))) if described else None,
        min(30000, 50 + 50 * int(math.exp(dice.gauss(2.6, 1.2)))) if measured else None,
        dice.whole(16, 60) if measured else None,
        dice.whole(2, 40) if measured else None,
        dice.whole(11, 50) if measured else None,
    )
    price = min(673500, max(85, int(100 * math.exp(dice.gauss(4.32, 0.92)))))
    return row, price - price % 10 + dice.one_of((0, 0, 9, 9, 5))


def make_catalogue(world, dice, order_count):
    """Fills the world with products and sellers; the first of each are the best sellers, the last are never sold."""
    categories = Weighted({name: 1 / (1 + rank) ** 0.7 for rank, name in enumerate(CATEGORIES)})
    for _ in range(max(SMALLEST_SELLER_COUNT, round(order_count * 0.031))):
        seller_id = dice.hex_id()
        world.sellers[seller_id] = (seller_id, *make_address(dice, SELLERS_BY_STATE))
    seller_ids = list(world.sellers)
    for _ in range(max(SMALLEST_PRODUCT_COUNT, round(order_count * 0.33))):
        add_product(world, dice, categories, seller_ids)
    world.unsold_products = list(world.products)[-max(8, len(world.products) // 100):]
    world.unsold_sellers = seller_ids[-max(5, len(seller_ids) // 100):]
    return categories


def add_product(world, dice, categories, seller_ids):
    """Adds one product, sold by one seller or two."""
    row, price = make_product(dice, categories)
    world.products[row[0]] = row
    world.product_prices[row[0]] = price
    world.product_sellers[row[0]] = [popular(dice, seller_ids, 0.95) for _ in range(1 + dice.chance(0.1))]
    return row[0]


def popular(dice, values, share):
    """One of the first `share` of the values, the earlier the likelier."""
    return values[int(len(values) * share * dice.random() ** 2)]


def make_purchase_time(dice, months, hours):
    year, month = months.draw(dice)
    return datetime(year, month, dice.whole(1, 28), hours.draw(dice), dice.whole(0, 59), dice.whole(0, 59))


def make_order(world, dice, purchased, status, person, address, product_ids):
    """An order with its items, payments and reviews, as far as its status lets them be."""
    approved = shipped = delivered = None
    if status not in ("created",) and not (status == "canceled" and dice.chance(0.23)):
        wait = timedelta(minutes=dice.whole(3, 60)) if dice.chance(0.8) else timedelta(minutes=dice.whole(600, 3600))
        approved = purchased + wait + timedelta(seconds=dice.whole(0, 59))
    if status in ("shipped", "delivered"):
        shipped = approved + timedelta(seconds=int(3600 * min(700, math.exp(dice.gauss(3.8, 0.8)))))
    # Promised by the day, from the purchase; a few are too late, some come on the very day.
    estimated = (purchased + timedelta(days=dice.whole(12, 36))).date()
    if status == "delivered":
        delivered = arrival(dice, shipped, estimated)
    with_items = not (status in ("created",) or (status == "unavailable" and dice.chance(0.99))
                      or (status == "canceled" and dice.chance(0.26)))
    order_id = dice.hex_id()
    items = make_items(world, dice, order_id, approved or purchased, product_ids) if with_items else ()
    total = sum(item[5] + item[6] for item in items)
    if not items:
        total = dice.whole(1500, 30000)
    not_defined = status == "canceled" and not items
    return Order(
        order_id, dice.hex_id(), person, address, status, purchased, approved, shipped, delivered, estimated, items,
        make_payments(dice, order_id, total, not_defined), make_reviews(dice, order_id, delivered, estimated),
    )


def arrival(dice, shipped, estimated):
    """When the parcel came: 8% late, 2% on the promised day, the others earlier, never before it was shipped."""
    draw = dice.random()
    second_of_day = timedelta(hours=dice.whole(8, 21), minutes=dice.whole(0, 59), seconds=dice.whole(0, 59))
    promised = datetime(estimated.year, estimated.month, estimated.day)
    if draw < 0.08:
        moment = promised + timedelta(days=1 + int(dice.expovariate(0.12))) + second_of_day
    elif draw < 0.10:
        moment = promised + second_of_day
    else:
        moment = promised - timedelta(days=dice.whole(1, 20)) + second_of_day
    if moment <= shipped:
        moment = shipped + timedelta(seconds=dice.whole(20000, 200000))
    return moment


def make_items(world, dice, order_id, approved, product_ids):
    """The items of one order: often one, seldom many of the same product."""
    count = ITEM_COUNTS.draw(dice)
    limit = approved + timedelta(days=dice.whole(3, 8))
    rows = []
    product_id = popular(dice, product_ids, 1)
    for number in range(1, count + 1):
        if number > 1 and dice.chance(0.3):
            product_id = popular(dice, product_ids, 1)
        price = world.product_prices[product_id]
        if dice.chance(0.2):
            price = max(85, price * dice.whole(88, 112) // 100)
        freight = 0 if dice.chance(0.003) else 790 + int(100 * math.exp(dice.gauss(2.0, 0.8)))
        rows.append((order_id, number, product_id, dice.one_of(world.product_sellers[product_id]), limit, price, freight))
    return tuple(rows)


def make_payments(dice, order_id, total, not_defined):
    """The payments of one order; together they are its total, to the cent."""
    if not_defined:
        return ((order_id, 1, "not_defined", 1, 0),)
    kind = PAYMENT_TYPES.draw(dice)
    parts = [(kind, INSTALLMENTS.draw(dice) if kind == "credit_card" else 1, total)]
    if kind == "voucher":
        vouchers = dice.whole(0, 2)
    else:
        vouchers = dice.whole(1, 3) if kind == "credit_card" and dice.chance(0.022) else 0
    for _ in range(vouchers):
        kind, installments, rest = parts[0]
        share = rest * dice.whole(20, 60) // 100
        parts[0] = (kind, installments, rest - share)
        parts.append(("voucher", 1, share))
    return tuple((order_id, number, *part) for number, part in enumerate(parts, 1))


def make_reviews(dice, order_id, delivered, estimated):
    """The reviews of one order: one for most, none for a few, two for a few."""
    draw = dice.random()
    count = 0 if draw < 0.008 else 2 if draw < 0.0135 else 1
    asked = (delivered.date() if delivered else estimated) + timedelta(days=1)
    late = delivered is None or delivered.date() > estimated
    rows = []
    for number in range(count):
        day = asked + timedelta(days=3 * number)
        answered = datetime(day.year, day.month, day.day) + timedelta(
            days=1 + int(dice.expovariate(0.5)), seconds=dice.whole(0, 86399))
        title = dice.one_of(REVIEW_TITLES) if dice.chance(0.12) else None
        message = None
        if dice.chance(0.41):
            message = dice.one_of(REVIEW_OPENINGS) + dice.one_of((", ", ". ", "\n", " - ")) + dice.one_of(REVIEW_CLOSINGS)
        score = (SCORES_LATE if late else SCORES_ON_TIME).draw(dice)
        rows.append((dice.hex_id(), order_id, score, title, message, day, answered))
    return tuple(rows)


def share_reviews(orders, dice):
    """Lets some reviews stand under the next order, too: the same review_id under two orders."""
    wanted = max(2, round(len(orders) * SHARE_OF_SHARED_REVIEWS))
    pairs = [position for position in range(len(orders) - 1) if len(orders[position].reviews) == 1
             and len(orders[position + 1].reviews) == 1]
    for position in dice.some_of(pairs, wanted):
        review = orders[position].reviews[0]
        other = orders[position + 1]
        copied = (review[0], other.order_id, *review[2:])
        orders[position + 1] = replace(other, reviews=(copied,))


def make_world(seed, order_count):
    """The shop on day 1."""
    dice = Dice(f"{seed}/world")
    world = World()
    make_catalogue(world, dice, order_count)
    unsold = set(world.unsold_products)
    product_ids = dice.mix([product_id for product_id in world.products if product_id not in unsold])
    months, hours = Weighted(MONTH_WEIGHTS), Weighted(dict(enumerate(HOUR_WEIGHTS)))
    times = sorted(make_purchase_time(dice, months, hours) for _ in range(order_count))
    statuses = []
    for status, share in OTHER_STATUSES.items():
        statuses += [status] * max(1, round(share * order_count))
    statuses = dice.mix((statuses + ["delivered"] * order_count)[:order_count])
    for purchased, status in zip(times, statuses):
        person, address = None, None
        if world.orders and dice.chance(SHARE_OF_REPEAT_ORDERS):
            earlier = dice.one_of(world.orders)
            person, address = earlier.person, earlier.address
        if address is None or dice.chance(SHARE_OF_MOVED_REPEATS):
            address = make_address(dice)
        world.orders.append(make_order(world, dice, purchased, status, person or dice.hex_id(), address, product_ids))
    world.orders.sort(key=lambda order: (order.purchased, order.order_id))
    share_reviews(world.orders, dice)
    choose_orders_kept_wrong(world, dice)
    return world


def choose_orders_kept_wrong(world, dice):
    """Which orders' rows in the yearly files lag behind: those in the corrections file, and those at the turn of the year."""
    before_2018 = [order.order_id for order in world.orders if order.status == "delivered" and order.purchased.year < 2018]
    in_2018 = [order.order_id for order in world.orders if order.status == "delivered" and order.purchased.year == 2018]
    count = max(4, round(len(world.orders) * 0.004))
    world.overlapping = before_2018[-min(6, len(before_2018)):]
    eligible = before_2018[:-len(world.overlapping)] if world.overlapping else []
    world.corrected = dice.some_of(eligible, count) + dice.some_of(in_2018, count)
