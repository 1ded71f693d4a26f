"""What changes in the shop from one delivery of its workbooks to the next."""

from collections import defaultdict
from dataclasses import replace
from datetime import datetime, timedelta

from .dice import Dice, Weighted
from .words import CATEGORIES
from .world import (
    HOUR_WEIGHTS, SELLERS_BY_STATE, World, add_product, make_address, make_order, make_reviews, make_world, arrival,
)

# The days of the deliveries (UTC). They lie inside the range of the order dates on purpose: so every day's folder has
# orders on both sides of a product's or seller's change.
DAYS = {1: datetime(2018, 6, 1), 2: datetime(2018, 7, 1), 3: datetime(2018, 8, 1)}

NEXT_STATUS = {"created": "approved", "approved": "processing", "invoiced": "processing", "processing": "shipped", "shipped": "delivered"}
SHARE_OF_NEW_ORDERS = 0.03
SHARE_OF_MOVED_AMONG_NEW = 0.2
SHARE_OF_ORDERS_MOVING_ON = 0.5
SHARE_OF_CHANGED_PRODUCTS = 0.02
SHARE_OF_CHANGED_SELLERS = 0.03
SHARE_OF_DELETED_ORDERS = 0.002


class DayChanges:
    """What was done to the shop on one day, for the truth beside the workbooks."""

    def __init__(self, day):
        self.day = day
        self.orders_added, self.orders_deleted, self.orders_moved_on = [], [], []
        self.products_added, self.products_changed, self.products_deleted = [], [], []
        self.sellers_added, self.sellers_changed, self.sellers_deleted = [], [], []
        self.persons_moved = []


def make_days(seed, order_count, last_day):
    """The shop on each day from the first to the last, and what changed on each after the first."""
    worlds = {1: make_world(seed, order_count)}
    changes = []
    for day in range(2, last_day + 1):
        worlds[day], day_changes = next_day(worlds[day - 1], seed, day, changes)
        changes.append(day_changes)
    return worlds, changes


def next_day(before: World, seed, day, earlier_changes):
    """The shop one delivery later. On day 3 only orders of 2018 move or vanish, so that one yearly file stays as it was."""
    dice = Dice(f"{seed}/day{day}")
    world, changes = before.copy(), DayChanges(day)
    first_year = 2016 if day == 2 else 2018
    change_products(world, dice, changes, earlier_changes)
    change_sellers(world, dice, changes)
    delete_orders(world, dice, changes, first_year)
    move_orders_on(world, dice, changes, first_year)
    add_orders(world, dice, changes)
    delete_unsold(world, changes)
    return world, changes


def sold_around(world, moment, position):
    """Keys in column `position` of the items that were bought both before and after the moment, in order of first sale."""
    sides = defaultdict(set)
    for order in world.orders:
        for item in order.items:
            sides[item[position]].add(order.purchased >= moment)
    return [key for key, seen in sides.items() if len(seen) == 2]


def change_products(world, dice, changes, earlier_changes):
    """New weights, categories and photo counts; some of the products changed before change again."""
    around = sold_around(world, DAYS[changes.day], 2)
    still_around = set(around)
    again = [key for earlier in earlier_changes for key in earlier.products_changed if key in still_around]
    count = max(6, round(len(world.products) * SHARE_OF_CHANGED_PRODUCTS))
    chosen = dict.fromkeys(dice.some_of(again, 3) + dice.some_of(around, count))
    for product_id in chosen:
        row = list(world.products[product_id])
        row[5] = (row[5] or 500) + 50 * dice.whole(1, 20)
        if dice.chance(0.4):
            row[1] = dice.one_of([name for name in CATEGORIES if name != row[1]])
        if row[4] is not None and dice.chance(0.5):
            row[4] += 1
        world.products[product_id] = tuple(row)
        changes.products_changed.append(product_id)


def change_sellers(world, dice, changes):
    """Sellers move."""
    around = sold_around(world, DAYS[changes.day], 3)
    for seller_id in dice.some_of(around, max(4, round(len(world.sellers) * SHARE_OF_CHANGED_SELLERS))):
        address = make_address(dice, SELLERS_BY_STATE)
        while address == world.sellers[seller_id][1:]:
            address = make_address(dice, SELLERS_BY_STATE)
        world.sellers[seller_id] = (seller_id, *address)
        changes.sellers_changed.append(seller_id)


def kept_wrong(world):
    return set(world.corrected) | set(world.overlapping)


def delete_orders(world, dice, changes, first_year):
    """A few orders vanish with everything that hangs on them: one of each year that may change, the others anywhere."""
    protected = kept_wrong(world)
    eligible = [order for order in world.orders if order.order_id not in protected
                and order.purchased.year >= first_year and order.status == "delivered"]
    old = [order for order in eligible if order.purchased.year < 2018]
    count = max(3, round(len(world.orders) * SHARE_OF_DELETED_ORDERS))
    gone = {order.order_id: None for order in dice.some_of(old, 1) + dice.some_of(eligible, count)}
    world.orders = [order for order in world.orders if order.order_id not in gone]
    changes.orders_deleted = list(gone)


def move_orders_on(world, dice, changes, first_year):
    """Orders on their way take the next step; at least one arrives."""
    moved = False
    for position, order in enumerate(world.orders):
        step = NEXT_STATUS.get(order.status)
        if step is None or order.purchased.year < first_year or (moved and not dice.chance(SHARE_OF_ORDERS_MOVING_ON)):
            continue
        if not order.items:
            step = "canceled"
        moved = moved or step == "delivered"
        world.orders[position] = advance(dice, order, step)
        changes.orders_moved_on.append((order.order_id, order.status, step))


def advance(dice, order, step):
    """The order with its next status and the times that come with it."""
    order = replace(order, status=step)
    if step in ("approved", "processing", "shipped", "delivered") and order.approved is None:
        order = replace(order, approved=order.purchased + timedelta(hours=dice.whole(1, 40)))
    if step in ("shipped", "delivered") and order.shipped is None:
        order = replace(order, shipped=order.approved + timedelta(hours=dice.whole(20, 90)))
    if step == "delivered":
        order = replace(order, delivered=arrival(dice, order.shipped, order.estimated))
        if not order.reviews:
            order = replace(order, reviews=make_reviews(dice, order.order_id, order.delivered, order.estimated))
    return order


def add_orders(world, dice, changes):
    """New orders of the month before the delivery: some by people who have moved since their last order, some of new products."""
    moment = DAYS[changes.day]
    categories = Weighted(dict.fromkeys(CATEGORIES, 1))
    seller_id = dice.hex_id()
    world.sellers[seller_id] = (seller_id, *make_address(dice, SELLERS_BY_STATE))
    changes.sellers_added.append(seller_id)
    for _ in range(3):
        changes.products_added.append(add_product(world, dice, categories, [seller_id]))
    unsold = set(world.unsold_products)
    old_products = [product_id for product_id in world.products if product_id not in unsold]
    single = single_address_orders(world, moment - timedelta(days=31))
    count = max(20, round(len(world.orders) * SHARE_OF_NEW_ORDERS))
    moved = dice.some_of(single, max(4, round(count * SHARE_OF_MOVED_AMONG_NEW)))
    hours = Weighted(dict(enumerate(HOUR_WEIGHTS)))
    for number in range(count):
        day = moment - timedelta(days=dice.whole(1, 30))
        purchased = datetime(day.year, day.month, day.day, hours.draw(dice), dice.whole(0, 59), dice.whole(0, 59))
        person, address = dice.hex_id(), make_address(dice)
        if number < len(moved):
            person = moved[number].person
            while address == moved[number].address:
                address = make_address(dice)
            changes.persons_moved.append(person)
        products = [changes.products_added[number]] if number < len(changes.products_added) else old_products
        status = dice.one_of(("delivered", "delivered", "delivered", "shipped", "processing", "approved"))
        order = make_order(world, dice, purchased, status, person, address, products)
        world.orders.append(order)
        changes.orders_added.append(order.order_id)
    world.orders.sort(key=lambda order: (order.purchased, order.order_id))


def single_address_orders(world, before):
    """The only order of each person who ordered once, and before that time."""
    by_person = defaultdict(list)
    for order in world.orders:
        by_person[order.person].append(order)
    return [orders[0] for orders in by_person.values() if len(orders) == 1 and orders[0].purchased < before]


def delete_unsold(world, changes):
    """Two products and a seller that nobody ever bought from leave the lists."""
    for _ in range(2):
        product_id = world.unsold_products.pop()
        del world.products[product_id]
        changes.products_deleted.append(product_id)
    seller_id = world.unsold_sellers.pop()
    del world.sellers[seller_id]
    changes.sellers_deleted.append(seller_id)
