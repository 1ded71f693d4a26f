"""What changed from day to day, and which versions of products, sellers and customers a warehouse must know."""

from collections import defaultdict

from .truth import iso

PRODUCTS_PATH, SELLERS_PATH = "Catalog/Products.xlsx", "People/Sellers.xlsx"


def changes(worlds, day_changes, saved_by_day, splits_by_day, truth):
    """The whole of changes.json: the files and rows that changed on each day after the first, and the versions up to the last."""
    return {
        "days": [day_entry(one, saved_by_day, splits_by_day) for one in day_changes],
        "versions": {
            "products": dated_versions({day: world.products for day, world in worlds.items()}, PRODUCTS_PATH, saved_by_day),
            "sellers": dated_versions({day: world.sellers for day, world in worlds.items()}, SELLERS_PATH, saved_by_day),
            "customers": customer_versions(truth),
        },
    }


def day_entry(one, saved_by_day, splits_by_day):
    before, now = saved_by_day[one.day - 1], saved_by_day[one.day]
    return {
        "day": one.day,
        "files": {
            "added": sorted(now.keys() - before.keys()),
            "deleted": sorted(before.keys() - now.keys()),
            "changed": sorted(path for path in now.keys() & before.keys() if now[path] != before[path]),
            "unchanged": sorted(path for path in now.keys() & before.keys() if now[path] == before[path]),
            "split": [{"from": whole, "into": parts} for whole, parts in splits_by_day[one.day]],
        },
        "orders": {
            "added": one.orders_added, "deleted": one.orders_deleted,
            "status_changed": [{"order_id": order_id, "from": old, "to": new} for order_id, old, new in one.orders_moved_on],
        },
        "products": {"added": one.products_added, "changed": one.products_changed, "deleted": one.products_deleted},
        "sellers": {"added": one.sellers_added, "changed": one.sellers_changed, "deleted": one.sellers_deleted},
        "customers": {"moved": one.persons_moved},
    }


def dated_versions(rows_by_day, path, saved_by_day):
    """Versions of every key that has more than one or is gone: half-open intervals, from the workbook's modified times.

    The first version has no beginning, the last of a key that still exists has no end.
    """
    versions = defaultdict(list)
    days = sorted(rows_by_day)
    for day in days:
        saved = iso(saved_by_day[day][path])
        for key, row in rows_by_day[day].items():
            past = versions[key]
            if past and past[-1]["values"] == list(row[1:]):
                continue
            if past:
                past[-1]["valid_to"] = saved
            past.append({"valid_from": saved if past else None, "valid_to": None, "values": list(row[1:])})
        if day > days[0]:
            for key in rows_by_day[day - 1].keys() - rows_by_day[day].keys():
                versions[key][-1]["valid_to"] = saved
    return {key: past for key, past in sorted(versions.items()) if len(past) > 1 or past[-1]["valid_to"]}


def customer_versions(truth):
    """Addresses of every person with more than one, each from the purchase that first carried it (the first from ever)."""
    purchased = {row.values[1]: row.values[3] for row in truth.winners("orders")}
    by_person = defaultdict(list)
    for row in truth.winners("customers"):
        if row.values[0] in purchased:
            by_person[row.values[1]].append((purchased[row.values[0]], row.values[0], row.values[2:]))
    versions = {}
    for person, orders in sorted(by_person.items()):
        past = []
        for moment, _, address in sorted(orders):
            if past and past[-1]["values"] == list(address):
                continue
            if past:
                past[-1]["valid_to"] = moment.isoformat()
            past.append({"valid_from": moment.isoformat() if past else None, "valid_to": None, "values": list(address)})
        if len(past) > 1:
            versions[person] = past
    return versions
