"""The options of sample-workbooks and the order of its work."""

import argparse
import json
import os
import shutil
import sys
from datetime import timezone
from pathlib import Path

from .days import DAYS, make_days
from .layout import UNMATCHED_PATH, UNMATCHED_SAVED, make_folder

USAGE_ERROR, IO_ERROR = 64, 74
DEFAULT_ORDERS = 2_000
# No sheet may outgrow Excel's 1,048,576 rows.
LARGEST_ROW_COUNT = 1_048_575
LARGEST_ORDER_COUNT = 800_000
MARKER = ".sample-workbooks"

EPILOG = """\
what is written:
  OUT/drive/Sales/     orders*.xlsx, order_items.xlsx, Order_Payments*.xlsx, order_reviews*.xlsx
  OUT/drive/People/    Customers *.xlsx, Sellers.xlsx
  OUT/drive/Catalog/   Products.xlsx, product_category_name_translation.xlsx
  OUT/drive/Marketing/ a workbook that belongs to no dataset
  OUT/truth/           one Parquet file per dataset, truth.json, changes.json
OUT/drive is the folder as it stands on the day; its files carry the modified times of the days on which they last
changed (1: 2018-06-01, 2: 2018-07-01, 3: 2018-08-01, UTC). scripts/samples/README.md describes the mess and the truth.

examples:
  scripts/sample-workbooks work/samples                     2,000 orders, day 1
  scripts/sample-workbooks work/samples --day 2             the same shop a month later
  scripts/sample-workbooks work/olist --orders 100000       as large as the public data
  scripts/sample-workbooks work/big --big-order-items 1000000 --strings inline
"""


def parse(arguments):
    parser = argparse.ArgumentParser(
        prog="sample-workbooks", formatter_class=argparse.RawDescriptionHelpFormatter, epilog=EPILOG,
        description="Write the Excel workbooks of a made-up online shop, in the mess that people leave them in, "
                    "and beside them the truth. The same options give the same bytes.")
    parser.add_argument("out", metavar="OUT", type=Path, help="folder to write into; what an earlier run wrote there is replaced")
    parser.add_argument("--orders", metavar="N", type=whole_number(1, LARGEST_ORDER_COUNT), default=DEFAULT_ORDERS,
                        help="how many orders day 1 has (default %(default)s; every kind of bad row needs about 500)")
    parser.add_argument("--seed", metavar="S", type=int, default=1, help="another number, another shop (default %(default)s)")
    parser.add_argument("--day", metavar="D", type=int, choices=sorted(DAYS), default=1,
                        help="the folder of day 1, 2 or 3: full re-deliveries (default %(default)s)")
    parser.add_argument("--big-order-items", metavar="ROWS", type=whole_number(1, LARGEST_ROW_COUNT),
                        help="write only Sales/order_items.xlsx, tidy, with this many rows, quickly")
    parser.add_argument("--strings", choices=("shared", "inline"), default="shared",
                        help="how --big-order-items stores texts (default %(default)s, as Excel does)")
    parser.add_argument("--level", metavar="N", type=whole_number(1, 9), default=1,
                        help="how hard --big-order-items packs (default %(default)s, which is fastest; Excel takes 6)")
    try:
        return parser.parse_args(arguments)
    except SystemExit as stop:
        # argparse says 2 where the other programs here say 64.
        sys.exit(USAGE_ERROR if stop.code else 0)


def whole_number(least, most):
    """A reader of option values for argparse."""
    def read(text):
        if not text.isdecimal() or not least <= int(text) <= most:
            raise argparse.ArgumentTypeError(f"{text!r} is no whole number from {least} to {most}")
        return int(text)
    return read


def main(arguments):
    options = parse(arguments)
    drive, truth_folder = options.out / "drive", options.out / "truth"
    if (drive.exists() or truth_folder.exists()) and not (options.out / MARKER).exists():
        print(f"sample-workbooks: {options.out} holds a drive or truth folder that this program did not write; choose another OUT",
              file=sys.stderr)
        return USAGE_ERROR
    try:
        make(options)
    except OSError as error:
        print(f"sample-workbooks: {error}", file=sys.stderr)
        return IO_ERROR
    return 0


def make(options):
    """Writes both folders beside their places and puts them there when they are whole."""
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / MARKER).write_text("The folders drive and truth here were written by sample-workbooks.\n")
    partial = options.out / "sample-workbooks.partial"
    shutil.rmtree(partial, ignore_errors=True)
    (partial / "drive").mkdir(parents=True)
    (partial / "truth").mkdir()
    if options.big_order_items:
        from .big import make_big_order_items
        make_big_order_items(partial, options.big_order_items, options.seed, options.strings, options.level)
    else:
        make_day(partial, options.orders, options.seed, options.day)
    for name in ("drive", "truth"):
        shutil.rmtree(options.out / name, ignore_errors=True)
        (partial / name).rename(options.out / name)
    partial.rmdir()


def make_day(out, order_count, seed, day):
    """The folder and the truth of one day."""
    from . import history, plan, truth as truths, workbook
    worlds, day_changes = make_days(seed, order_count, day)
    folders = {number: make_folder(worlds[number], number) for number in worlds}
    saved_by_day, changed_on = saved_times(folders, plan.fingerprint)
    truth = truths.Truth()
    for book in folders[day].books:
        path = out / "drive" / book.drive_path
        path.parent.mkdir(exist_ok=True)
        planned = plan.plan_book(book, seed)
        workbook.write_book(path, book, planned)
        set_modified_time(path, saved_by_day[day][book.drive_path])
        truth.add(book, planned, saved_by_day[day][book.drive_path], changed_on[book.drive_path])
    unmatched = out / "drive" / UNMATCHED_PATH
    unmatched.parent.mkdir(exist_ok=True)
    workbook.write_unmatched(unmatched)
    set_modified_time(unmatched, UNMATCHED_SAVED)
    truths.write_parquet(truth, out / "truth")
    write_json(out / "truth" / "truth.json", truths.summary(truth, {"orders": order_count, "seed": seed, "day": day}))
    splits = {number: folder.splits for number, folder in folders.items()}
    write_json(out / "truth" / "changes.json", history.changes(worlds, day_changes, saved_by_day, splits, truth))


def saved_times(folders, fingerprint):
    """Modified times of the files on each day, and on which day each last changed: a file that stays the same keeps its time."""
    saved_by_day, changed_on, prints = {}, {}, {}
    for day in sorted(folders):
        saved_by_day[day] = {}
        for book in folders[day].books:
            path, mark = book.drive_path, fingerprint(book)
            unchanged = day > 1 and path in saved_by_day[day - 1] and prints.get(path) == mark
            saved_by_day[day][path] = saved_by_day[day - 1][path] if unchanged else book.saved_on(day)
            if not unchanged:
                changed_on[path] = day
            prints[path] = mark
    return saved_by_day, changed_on


def set_modified_time(path, moment):
    seconds = int(moment.replace(tzinfo=timezone.utc).timestamp())
    os.utime(path, (seconds, seconds))


def write_json(path, content):
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
