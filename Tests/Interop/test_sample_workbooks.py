"""The sample workbooks are the same for the same options, and what their truth says is what is in them."""

import json
from collections import Counter
from datetime import datetime
from decimal import Decimal

import openpyxl
import pytest

from contract_oracle import Oracle, read_rows
from sample_folders import (
    DATASETS, DAYS, current, digests, folders_of_days, key_of, landed, make, modified_times, run, truth_of,
)


@pytest.fixture(scope="module")
def days(tmp_path_factory):
    return folders_of_days(tmp_path_factory)


def test_the_same_options_give_the_same_bytes_whatever_the_machine_is_set_to(days, tmp_path):
    elsewhere = {"TZ": "America/Sao_Paulo", "LC_ALL": "C", "PYTHONHASHSEED": "77"}
    again = make(tmp_path / "again", "--day", "2", environment=elsewhere)
    assert digests(again) == digests(days[2])
    assert modified_times(again) == modified_times(days[2])
    other = make(tmp_path / "other", "--day", "2", "--seed", "2")
    assert digests(other / "drive")["Sales/order_items.xlsx"] != digests(days[2] / "drive")["Sales/order_items.xlsx"]


@pytest.mark.parametrize("day", DAYS)
def test_every_workbook_belongs_to_the_dataset_that_the_truth_says(days, day):
    truth = truth_of(days[day])
    oracles = {name: Oracle(name) for name in DATASETS}
    expected = {entry["drive_path"]: [entry["dataset"]] for entry in truth["files"]} | {path: [] for path in truth["unmatched"]}
    found = {str(path.relative_to(days[day] / "drive")) for path in (days[day] / "drive").rglob("*") if path.is_file()}
    assert {path: [name for name in DATASETS if oracles[name].routes(path)] for path in found} == expected
    assert {entry["dataset"] for entry in truth["files"]} == set(DATASETS)


@pytest.mark.parametrize("day", DAYS)
@pytest.mark.parametrize("dataset", DATASETS)
def test_cleaning_the_workbooks_by_the_contract_gives_the_truth(days, day, dataset):
    truth, oracle = truth_of(days[day]), Oracle(dataset)
    bad = {}
    for entry in truth["bad_rows"]:
        bad.setdefault((entry["drive_path"], entry["sheet"], entry["row"]), set()).add((entry["field"], entry["code"]))
    found_rows, found_bad = [], {}
    for file in (entry for entry in truth["files"] if entry["dataset"] == dataset):
        counts, first_rows = Counter(), {}
        path = days[day] / "drive" / file["drive_path"]
        for sheet, number, record, extra in read_rows(oracle, path):
            counts["read"] += 1
            row, errors = oracle.clean(record)
            if errors:
                counts["bad"] += 1
                counts.update(f"code {code}" for _, code in errors)
                found_bad[file["drive_path"], sheet, number] = set(errors)
            elif key_of(dataset, row) in first_rows:
                counts["duplicates"] += 1
                same = first_rows[key_of(dataset, row)] == row
                counts["duplicates_exact" if same else "duplicates_by_key"] += 1
            else:
                counts["good"] += 1
                first_rows[key_of(dataset, row)] = row
                found_rows.append({**row, "_extra": extra, "_source_file": file["drive_path"], "_source_sheet": sheet, "_source_row": number})
        for name in ("read", "good", "bad", "duplicates", "duplicates_exact", "duplicates_by_key"):
            assert counts[name] == file["rows"][name], (file["drive_path"], name)
        assert {name[5:]: count for name, count in counts.items() if name.startswith("code ")} == file["codes"]
        assert blank_rows(path, file) == file["rows"]["blank"]
        # The guard of the contracts (5%) must not be met by the sample workbooks as they are.
        assert counts["bad"] <= 0.03 * counts["read"]
    assert found_bad == {place: errors for place, errors in bad.items() if oracle.routes(place[0])}
    expected = [{**row, "_extra": json.loads(row["_extra"] or "{}")} for row in landed(days[day], dataset)]
    for row in expected:
        row.pop("_wins")
    assert found_rows == expected


def blank_rows(path, file):
    """How many rows between the header and the last row hold nothing."""
    workbook = openpyxl.load_workbook(path, data_only=True)
    blank = 0
    for sheet in file["sheets"]:
        rows = list(workbook[sheet["name"]].iter_rows(min_row=sheet["header_row"] + 1, values_only=True))
        blank += sum(1 for cells in rows if all(cell is None for cell in cells))
    return blank


@pytest.mark.parametrize("day", DAYS)
def test_every_dataset_has_every_kind_of_trouble(days, day):
    truth = truth_of(days[day])
    codes = {code for entry in truth["datasets"].values() for code in entry["codes"]}
    assert codes >= {"parse.decimal", "parse.integer", "parse.timestamp", "parse.date", "enum", "null.required", "range.min",
                     "range.max", "pattern", "length.min"}
    for name, entry in truth["datasets"].items():
        assert entry["rows"]["bad"] > 0 and entry["rows"]["duplicates_exact"] > 0 and entry["rows"]["duplicates_by_key"] > 0, name
        assert entry["rows"]["blank"] > 0, name
    assert truth["datasets"]["orders"]["shadowed_rows"] > 0
    in_one_row = Counter((entry["drive_path"], entry["sheet"], entry["row"]) for entry in truth["bad_rows"])
    assert max(in_one_row.values()) > 1


def test_the_cells_hold_the_mess_that_people_make(days):
    seen = Counter()
    for path in (days[1] / "drive").rglob("*.xlsx"):
        workbook = openpyxl.load_workbook(path)
        seen["1904"] += workbook.epoch.year == 1904
        for sheet in workbook.worksheets:
            seen["hidden sheet"] += sheet.sheet_state == "hidden"
            for row in sheet.iter_rows():
                for cell in row:
                    seen.update(mess_in(cell))
    for kind in ("1904", "hidden sheet", "formula", "number noise", "no-break space", "decimal comma", "thousands point",
                 "currency", "decomposed accent", "ISO date text", "Brazilian date text", "null word", "number format yyyy-mm-dd hh:mm:ss",
                 "number format dd/mm/yyyy hh:mm", "number format m/d/yy h:mm", "number format dd/mm/yyyy"):
        assert seen[kind] > 0, (kind, seen)


def mess_in(cell):
    value = cell.value
    if isinstance(value, datetime):
        yield f"number format {cell.number_format}"
    elif isinstance(value, float) and len(repr(value).replace(".", "").strip("0")) > 15:
        yield "number noise"
    elif cell.data_type == "f":
        yield "formula"
    elif isinstance(value, str):
        for kind, present in (
            ("no-break space", "\u00a0" in value), ("decomposed accent", "\u0303" in value or "\u0301" in value),
            ("decimal comma", value[:1].isdecimal() and value[-3:-2] == ","), ("currency", value.startswith("R$")),
            ("thousands point", value[-3:-2] == "," and "." in value), ("ISO date text", value[:2] == "20" and value[4:5] == "-"),
            ("Brazilian date text", value[2:3] == "/" and value[5:6] == "/"), ("null word", value in ("N/A", "-", "NULL")),
        ):
            if present:
                yield kind


@pytest.mark.parametrize("day", DAYS)
def test_the_truth_is_one_shop(days, day):
    rows = {name: current(days[day], name) for name in DATASETS}
    keys = {name: {key_of(name, row) for row in rows[name]} for name in DATASETS}
    for name in DATASETS:
        assert len(keys[name]) == len(rows[name]), f"a key of {name} wins twice"

    def refers(child, column, parent, parent_column):
        missing = {row[column] for row in rows[child]} - {row[parent_column] for row in rows[parent]} - {None}
        assert not missing, (child, column, sorted(missing)[:3])

    refers("orders", "customer_id", "customers", "customer_id")
    refers("order_items", "order_id", "orders", "order_id")
    refers("order_items", "product_id", "products", "product_id")
    refers("order_items", "seller_id", "sellers", "seller_id")
    refers("order_payments", "order_id", "orders", "order_id")
    refers("order_reviews", "order_id", "orders", "order_id")
    refers("products", "product_category_name", "product_category_name_translation", "product_category_name")
    assert len({row["customer_id"] for row in rows["orders"]}) == len(rows["orders"]) == len(rows["customers"])

    due, paid = Counter(), Counter()
    for row in rows["order_items"]:
        due[row["order_id"]] += row["price"] + row["freight_value"]
    for row in rows["order_payments"]:
        paid[row["order_id"]] += row["payment_value"]
    assert {order_id: paid[order_id] for order_id in due} == due
    for row in rows["orders"]:
        assert (row["order_status"] == "delivered") == (row["order_delivered_customer_date"] is not None)
    assert {row["order_id"] for row in rows["orders"]} - due.keys(), "no order without items"
    shared = Counter(row["review_id"] for row in rows["order_reviews"])
    assert max(shared.values()) > 1


def test_the_shop_looks_like_the_public_data(days):
    orders, payments = current(days[1], "orders"), current(days[1], "order_payments")
    customers, reviews = current(days[1], "customers"), current(days[1], "order_reviews")
    shares = {name: Counter(row[column] for row in rows) for name, rows, column in (
        ("status", orders, "order_status"), ("payment", payments, "payment_type"), ("state", customers, "customer_state"),
        ("score", reviews, "review_score"))}
    assert len(orders) == 2000
    assert 0.95 < shares["status"]["delivered"] / len(orders) < 0.98 and len(shares["status"]) == 8
    assert 0.68 < shares["payment"]["credit_card"] / len(payments) < 0.80 and len(shares["payment"]) == 5
    assert 0.37 < shares["state"]["SP"] / len(customers) < 0.47
    assert 0.52 < shares["score"][5] / len(reviews) < 0.64 and shares["score"][1] > shares["score"][2]
    persons = Counter(row["customer_unique_id"] for row in customers)
    assert 0.01 < sum(1 for count in persons.values() if count > 1) / len(persons) < 0.05
    times = [row["order_purchase_timestamp"] for row in orders]
    assert min(times).year == 2016 and max(times) > datetime(2018, 8, 1)


@pytest.mark.parametrize("day", DAYS)
def test_the_measures_follow_from_the_truth(days, day):
    measures = truth_of(days[day])["measures"]
    orders = {row["order_id"]: row for row in current(days[day], "orders")}
    sold = [row for row in orders.values() if row["order_status"] not in ("canceled", "unavailable")]
    revenue = sum((row["price"] for row in current(days[day], "order_items")
                   if orders[row["order_id"]]["order_status"] not in ("canceled", "unavailable")), Decimal())
    scores = [row["review_score"] for row in current(days[day], "order_reviews")]
    delivered = [row for row in orders.values() if row["order_status"] == "delivered"]
    late = [row for row in delivered if row["order_delivered_customer_date"].date() > row["order_estimated_delivery_date"]]
    assert measures["orders"] == len(orders)
    assert measures["revenue"] == str(revenue)
    assert measures["average_order_value"] == {
        "numerator": str(revenue), "denominator": len(sold), "value": str((revenue / len(sold)).quantize(Decimal("0.000001")))}
    assert Decimal(measures["average_review_score"]["value"]) == (Decimal(sum(scores)) / len(scores)).quantize(Decimal("0.000001"))
    assert measures["on_time_rate"]["numerator"] == str(len(delivered) - len(late))
    assert measures["on_time_rate"]["denominator"] == len(delivered)
    on_the_day = [row for row in delivered if row["order_delivered_customer_date"].date() == row["order_estimated_delivery_date"]]
    assert on_the_day, "the promised day itself must occur: it is on time"


def test_a_foreign_folder_is_not_touched(tmp_path):
    mine = tmp_path / "drive" / "mine.xlsx"
    mine.parent.mkdir()
    mine.write_text("mine")
    result = run(tmp_path)
    assert result.returncode == 64 and "did not write" in result.stderr
    assert [path.name for path in tmp_path.rglob("*")] == ["drive", "mine.xlsx"]


@pytest.mark.parametrize("count", ("1", "7", "60"))
def test_a_tiny_shop_is_a_shop(tmp_path, count):
    for day in DAYS:
        make(tmp_path, "--orders", count, "--day", str(day))
        assert truth_of(tmp_path)["measures"]["orders"] >= int(count)


def test_the_help_says_what_is_written_and_gives_examples(tmp_path):
    result = run(tmp_path / "out", "--help")
    assert result.returncode == 0 and "examples:" in result.stdout and "--big-order-items" in result.stdout
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("options", (["--orders", "0"], ["--day", "4"], ["--big-order-items", "1048576"], ["--colour"]))
def test_wrong_options_are_usage_errors(tmp_path, options):
    assert run(tmp_path / "out", *options).returncode == 64
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("strings", ("shared", "inline"))
def test_the_big_workbook_holds_its_rows(tmp_path, strings):
    make(tmp_path / "a", "--big-order-items", "5000", "--strings", strings)
    make(tmp_path / "b", "--big-order-items", "5000", "--strings", strings)
    assert digests(tmp_path / "a") == digests(tmp_path / "b")
    truth, oracle = truth_of(tmp_path / "a"), Oracle("order_items")
    cleaned = [oracle.clean(record) for _, _, record, _ in read_rows(oracle, tmp_path / "a" / "drive" / truth["drive_path"])]
    assert len(cleaned) == truth["rows"] == 5000 and not any(errors for _, errors in cleaned)
    assert len({key_of("order_items", row) for row, _ in cleaned}) == 5000
    assert str(sum(row["price"] for row, _ in cleaned)) == truth["price"]
    assert str(sum(row["freight_value"] for row, _ in cleaned)) == truth["freight_value"]
