"""The sample workbooks of days 2 and 3 change as their truth says: files, rows, and the versions a star schema must know."""

from datetime import datetime, timezone

import pytest

from sample_folders import DAYS, changes_of, current, digests, folders_of_days, landed, make, modified_times, truth_of


@pytest.fixture(scope="module")
def days(tmp_path_factory):
    return folders_of_days(tmp_path_factory)


def test_the_later_file_wins(days):
    orders = landed(days[1], "orders")
    winners = {row["order_id"]: row["_source_file"] for row in orders if row["_wins"]}
    beaten = {(row["_source_file"], winners[row["order_id"]]) for row in orders if not row["_wins"]}
    assert beaten == {("Sales/Orders 2016-2017.xlsx", "Sales/orders corrections.xlsx"),
                      ("Sales/Orders 2018.xlsx", "Sales/orders corrections.xlsx"),
                      ("Sales/Orders 2016-2017.xlsx", "Sales/Orders 2018.xlsx")}


@pytest.mark.parametrize("day", (2, 3))
def test_files_come_go_and_split_as_the_changes_say(days, day):
    before, now = digests(days[day - 1] / "drive"), digests(days[day] / "drive")
    before_times, now_times = modified_times(days[day - 1]), modified_times(days[day])
    unmatched = truth_of(days[day])["unmatched"]
    assert all(before.pop(path) == now.pop(path) for path in unmatched)
    files = changes_of(days[day])["days"][day - 2]["files"]
    assert files["added"] == sorted(now.keys() - before.keys())
    assert files["deleted"] == sorted(before.keys() - now.keys())
    assert files["unchanged"] == sorted(path for path in now if before.get(path) == now[path])
    assert files["changed"] == sorted(path for path in now if path in before and before[path] != now[path])
    delivery = {2: datetime(2018, 7, 1, tzinfo=timezone.utc), 3: datetime(2018, 8, 1, tzinfo=timezone.utc)}[day]
    for path in files["added"] + files["changed"]:
        assert now_times[path].date() == delivery.date(), path
    for path in files["unchanged"]:
        assert now_times[path] == before_times[path]
    assert files["unchanged"]
    [split] = files["split"]
    assert split["from"] in files["deleted"] and set(split["into"]) <= set(files["added"])
    assert len(files["deleted"]) == 2, "one file is split, and one is deleted"
    for entry in truth_of(days[day])["files"]:
        assert entry["modified_time"] == now_times[entry["drive_path"]].strftime("%Y-%m-%dT%H:%M:%SZ")


@pytest.mark.parametrize("day", (2, 3))
def test_rows_come_go_and_change_as_the_changes_say(days, day):
    entry = changes_of(days[day])["days"][day - 2]
    for dataset, column in (("orders", "order_id"), ("products", "product_id"), ("sellers", "seller_id")):
        before = {row[column]: row for row in current(days[day - 1], dataset)}
        now = {row[column]: row for row in current(days[day], dataset)}
        assert set(entry[dataset]["added"]) == now.keys() - before.keys(), dataset
        assert set(entry[dataset]["deleted"]) == before.keys() - now.keys(), dataset
        assert entry[dataset]["added"] and entry[dataset]["deleted"]
        if dataset != "orders":
            changed = {key for key in now.keys() & before.keys() if values(now[key]) != values(before[key])}
            assert set(entry[dataset]["changed"]) == changed != set()
    before = {row["order_id"]: row["order_status"] for row in current(days[day - 1], "orders")}
    now = {row["order_id"]: row["order_status"] for row in current(days[day], "orders")}
    for change in entry["orders"]["status_changed"]:
        assert (before[change["order_id"]], now[change["order_id"]]) == (change["from"], change["to"])
    assert any(change["to"] == "delivered" for change in entry["orders"]["status_changed"])


def values(row):
    return {name: value for name, value in row.items() if not name.startswith("_")}


def test_a_deleted_corrections_file_lets_the_older_rows_win_again(days):
    status = {day: {row["order_id"]: row["order_status"] for row in current(days[day], "orders")} for day in (2, 3)}
    back = [row["order_id"] for row in landed(days[2], "orders")
            if row["_source_file"] == "Sales/Orders 2016-2017.xlsx" and not row["_wins"] and status[3].get(row["order_id"]) == "shipped"]
    assert back and all(status[2][order_id] == "delivered" for order_id in back)


@pytest.mark.parametrize("dataset, column, path", (
    ("products", "product_id", "Catalog/Products.xlsx"), ("sellers", "seller_id", "People/Sellers.xlsx")))
def test_versions_lie_in_the_middle_of_the_orders(days, dataset, column, path):
    versions = changes_of(days[3])["versions"][dataset]
    by_day = {day: {row[column]: [value for name, value in values(row).items() if name != column]
                    for row in current(days[day], dataset)} for day in DAYS}
    saved = {day: modified_times(days[day])[path].strftime("%Y-%m-%dT%H:%M:%SZ") for day in DAYS}
    for key in set().union(*by_day.values()):
        expected = []
        for day in DAYS:
            if key in by_day[day] and (not expected or expected[-1]["values"] != by_day[day][key]):
                if expected:
                    expected[-1]["valid_to"] = saved[day]
                expected.append({"valid_from": saved[day] if expected else None, "valid_to": None, "values": by_day[day][key]})
            elif expected and key not in by_day[day] and expected[-1]["valid_to"] is None:
                expected[-1]["valid_to"] = saved[day]
        if len(expected) > 1 or expected[0]["valid_to"]:
            assert versions[key] == expected
        else:
            assert key not in versions
    if dataset == "products":
        assert max(len(past) for past in versions.values()) == 3
    purchased = {row["order_id"]: row["order_purchase_timestamp"] for row in current(days[3], "orders")}
    both = 0
    for key, past in versions.items():
        if len(past) > 1:
            turn = datetime.fromisoformat(past[1]["valid_from"].removesuffix("Z"))
            sides = {purchased[row["order_id"]] >= turn for row in current(days[3], "order_items") if row[column] == key}
            both += len(sides) == 2
    assert both >= 3, "facts on both versions are what the star schema is tested with"


def test_people_move_with_their_orders(days):
    changes = changes_of(days[3])
    versions = changes["versions"]["customers"]
    purchased = {row["customer_id"]: row["order_purchase_timestamp"] for row in current(days[3], "orders")}
    orders_of = {}
    for row in current(days[3], "customers"):
        address = [row["customer_zip_code_prefix"], row["customer_city"], row["customer_state"]]
        orders_of.setdefault(row["customer_unique_id"], []).append((purchased[row["customer_id"]], address))
    moved = {person for person, orders in orders_of.items() if len({tuple(address) for _, address in orders}) > 1}
    assert moved == versions.keys()
    for person, past in versions.items():
        for moment, address in orders_of[person]:
            [valid] = [version for version in past if (version["valid_from"] or "") <= moment.isoformat() < (version["valid_to"] or "9")]
            assert valid["values"] == address
    for day in changes["days"]:
        assert day["customers"]["moved"] and set(day["customers"]["moved"]) <= moved


def test_another_day_replaces_the_folder(tmp_path):
    make(tmp_path, "--orders", "300", "--day", "1")
    make(tmp_path, "--orders", "300", "--day", "3")
    assert not (tmp_path / "drive" / "Sales" / "Orders 2018.xlsx").exists()
    assert (tmp_path / "drive" / "Sales" / "Orders 2018-H1.xlsx").exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == [".sample-workbooks", "drive", "truth"]
