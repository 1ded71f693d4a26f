"""What a cleaner and a warehouse must make of the folder: rows as Parquet, counts, refusals and measures as JSON."""

import json
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq

from . import mess, plan, schema
from .layout import UNMATCHED_PATH

# Told in truth.json; raised when its members change their meaning.
TRUTH_FORMAT = 1
NOT_SOLD = ("canceled", "unavailable")

ARROW_TYPES = {
    schema.TEXT: pa.string(), schema.INTEGER: pa.int64(), schema.MONEY: pa.decimal128(12, 2),
    schema.TIMESTAMP: pa.timestamp("us"), schema.DATE: pa.date32(),
}


@dataclass(frozen=True)
class LandedRow:
    """A good row with the cell block it stands in, and when its workbook was saved."""

    values: tuple
    extra: dict
    drive_path: str
    sheet: str
    row_number: int
    saved: datetime


class Truth:
    """Gathers what is true of every workbook, file by file."""

    def __init__(self):
        self.rows = {name: [] for name in schema.DATASETS}
        self.files, self.bad_rows = [], []
        self.aliases = {name: {} for name in schema.DATASETS}

    def add(self, book, planned_sheets, saved, changed_on_day):
        """Takes the rows of one workbook."""
        sheets, total = [], Counter()
        codes = Counter()
        for sheet in planned_sheets:
            counts = Counter(row.kind for row in sheet.rows)
            sheets.append({"name": sheet.name, "header_row": sheet.header_row, "headers": list(sheet.headers),
                           "rows": row_counts(counts)})
            total += counts
            for number, row in sheet.numbered():
                self._add_row(book, sheet, number, row, saved)
                codes.update(code for _, code in row.errors)
        self._add_aliases(book)
        self.files.append({
            "drive_path": book.drive_path, "dataset": book.dataset.name, "modified_time": iso(saved),
            "changed_on_day": changed_on_day, "rows": row_counts(total), "codes": dict(sorted(codes.items())), "sheets": sheets,
        })

    def _add_row(self, book, sheet, number, row, saved):
        if row.truth is not None:
            extra = {header: text for header, text in zip(sheet.headers[-len(row.extras):], row.extras)
                     if text is not None} if row.extras else {}
            self.rows[book.dataset.name].append(LandedRow(row.truth, extra, book.drive_path, sheet.name, number, saved))
        for field, code in row.errors:
            self.bad_rows.append({"drive_path": book.drive_path, "dataset": book.dataset.name, "sheet": sheet.name,
                                  "row": number, "field": field, "code": code})

    def _add_aliases(self, book):
        for sheet in book.sheets:
            for name, header in sheet.headers:
                known = self.aliases[book.dataset.name].setdefault(name, [])
                if header != name and header not in known:
                    known.append(header)

    def winners(self, dataset_name):
        """The rows that count once the files are united: of a key in two files, the row of the file saved later."""
        dataset, best = schema.DATASETS[dataset_name], {}
        for row in self.rows[dataset_name]:
            key = dataset.key_of(row.values)
            if key not in best or (row.saved, row.drive_path) > (best[key].saved, best[key].drive_path):
                best[key] = row
        return list(best.values())


def row_counts(counts):
    """Counts as clean reports them: read = emitted + rejected + duplicates; blank rows never reach it."""
    duplicates = {"exact": counts[plan.EXACT_DUPLICATE], "by_key": counts[plan.KEY_DUPLICATE]}
    return {
        "read": counts[plan.GOOD] + counts[plan.BAD] + sum(duplicates.values()), "good": counts[plan.GOOD],
        "bad": counts[plan.BAD], "duplicates": sum(duplicates.values()), "duplicates_exact": duplicates["exact"],
        "duplicates_by_key": duplicates["by_key"], "blank": counts[plan.BLANK],
    }


def iso(moment):
    return f"{moment.isoformat()}Z"


def write_parquet(truth, folder):
    """One Parquet file per dataset: the landed rows, the cells they stand in, and which of them win."""
    for name, dataset in schema.DATASETS.items():
        rows = truth.rows[name]
        winning = {id(row) for row in truth.winners(name)}
        arrays, fields = [], []
        for position, column in enumerate(dataset.columns):
            values = [row.values[position] for row in rows]
            if column.type == schema.MONEY:
                values = [Decimal(value).scaleb(-2) for value in values]
            arrays.append(pa.array(values, ARROW_TYPES[column.type]))
            fields.append(pa.field(column.name, ARROW_TYPES[column.type], not column.required))
        for field, values in (
            (pa.field("_extra", pa.string()), [json.dumps(row.extra, ensure_ascii=False) if row.extra else None for row in rows]),
            (pa.field("_source_file", pa.string(), False), [row.drive_path for row in rows]),
            (pa.field("_source_sheet", pa.string(), False), [row.sheet for row in rows]),
            (pa.field("_source_row", pa.int64(), False), [row.row_number for row in rows]),
            (pa.field("_wins", pa.bool_(), False), [id(row) in winning for row in rows]),
        ):
            arrays.append(pa.array(values, field.type))
            fields.append(field)
        pq.write_table(pa.Table.from_arrays(arrays, schema=pa.schema(fields)), folder / f"{name}.parquet", compression="zstd")


def measures(truth):
    """The five measures of the shop over the winning rows, exactly."""
    orders = {row.values[0]: row.values for row in truth.winners("orders")}
    sold = {order_id for order_id, row in orders.items() if row[2] not in NOT_SOLD}
    revenue = sum(row.values[5] for row in truth.winners("order_items") if row.values[0] in sold)
    scores = [row.values[2] for row in truth.winners("order_reviews")]
    delivered = [row for row in orders.values() if row[2] == "delivered"]
    on_time = sum(1 for row in delivered if row[6].date() <= row[7])
    return {
        "orders": len(orders),
        "revenue": str(Decimal(revenue).scaleb(-2)),
        "average_order_value": ratio(Decimal(revenue).scaleb(-2), len(sold)),
        "average_review_score": ratio(Decimal(sum(scores)), len(scores)),
        "on_time_rate": ratio(Decimal(on_time), len(delivered)),
    }


def ratio(part, whole):
    """An exact ratio and its value to six digits behind the point (half to even); null when there is nothing to divide by."""
    value = str((part / whole).quantize(Decimal("0.000001"))) if whole else None
    return {"numerator": str(part), "denominator": whole, "value": value}


def summary(truth, options):
    """The whole of truth.json."""
    datasets = {}
    for name in schema.DATASETS:
        files = [entry for entry in truth.files if entry["dataset"] == name]
        rows, codes = Counter(), Counter()
        for entry in files:
            rows.update(entry["rows"])
            codes.update(entry["codes"])
        current = len(truth.winners(name))
        datasets[name] = {"files": len(files), "rows": dict(rows), "codes": dict(sorted(codes.items())),
                          "current_rows": current, "shadowed_rows": rows["good"] - current}
    return {
        "format": TRUTH_FORMAT, **options,
        "measures": measures(truth),
        "datasets": datasets,
        "files": truth.files,
        "unmatched": [UNMATCHED_PATH],
        "aliases": {name: {column: texts for column, texts in columns.items() if texts} for name, columns in truth.aliases.items()},
        "null_words": ["", *mess.NULL_WORDS, "#N/A"],
        "date_formats": list(mess.TEXT_FORMATS),
        "spellings": mess.SPELLINGS,
        "bad_rows": truth.bad_rows,
    }
