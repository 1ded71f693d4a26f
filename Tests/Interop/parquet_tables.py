"""Random typed tables: a contract, NDJSON lines and the values that readers of the Parquet file must find."""

import datetime
import decimal
import json
import random

UTC = datetime.timezone.utc
EPOCH = datetime.datetime(1970, 1, 1)
TEXTS = [
    "", "a", "delivered", "São Paulo", "x" * 63 + "é", "x" * 64, "x" * 65, "\U0010ffff" * 17, "\ud7ff" * 22, "\x7f" * 70,
    "tab\tquote\"back\\slash\nline", "\u2028", "日本語" * 30, "null",
]


def integers(low, high):
    return lambda rng: rng.choice([low, high, 0, 1, rng.randint(low, high), rng.randint(max(low, -9), min(high, 9))])


def text(rng):
    return rng.choice(TEXTS) if rng.random() < 0.6 else f"{rng.getrandbits(64):016x}" * rng.randint(0, 6)


def decimals(precision, scale):
    top = 10**precision - 1

    def value(rng):
        unscaled = rng.choice([top, -top, 0, 1, rng.randint(-top, top), rng.randint(-999, 999) % (top + 1)])
        return decimal.Decimal(unscaled).scaleb(-scale, decimal.Context(prec=60))

    return value


def moment(rng):
    micros = rng.choice([0, -1, 1, rng.randint(-62_135_596_800_000_000, 253_402_300_799_999_999), rng.randint(0, 10**15)])
    return EPOCH + datetime.timedelta(microseconds=micros)


def doubles(rng):
    return rng.choice([0.0, 1.5, -1.5, 5e-324, 1.7976931348623157e308, rng.uniform(-1e6, 1e6), float(rng.randint(-9, 9))])


# name: (logicalType, options, physicalType, value maker, JSON text of a value)
TYPES = {
    "text": ("string", None, "VARCHAR", text, lambda v: json.dumps(v, ensure_ascii=False)),
    "escaped": ("string", None, "VARCHAR", text, json.dumps),
    "code": ("string", None, "VARCHAR", lambda rng: rng.choice(["new", "old", "lost"]), json.dumps),
    "i8": ("integer", {"format": "i8"}, "INTEGER", integers(-128, 127), str),
    "i32": ("integer", {"format": "i32"}, "INTEGER", integers(-(2**31), 2**31 - 1), str),
    "u32": ("integer", {"format": "u32"}, "BIGINT", integers(0, 2**32 - 1), str),
    "i64": ("integer", {"format": "i64"}, "BIGINT", integers(-(2**63), 2**63 - 1), str),
    "d9": ("number", (9, 2), "DECIMAL(9,2)", decimals(9, 2), lambda v: format(v, "f")),
    "d18": ("number", (18, 6), "DECIMAL(18,6)", decimals(18, 6), lambda v: format(v, "f")),
    "d20": ("number", (20, 0), "DECIMAL(20,0)", decimals(20, 0), lambda v: format(v, "f")),
    "d38": ("number", (38, 38), "DECIMAL(38,38)", decimals(38, 38), lambda v: format(v, "f")),
    "real": ("number", None, "DOUBLE", doubles, repr),
    "flag": ("boolean", None, "BOOLEAN", lambda rng: rng.random() < 0.5, lambda v: "true" if v else "false"),
    "day": ("date", None, "DATE", lambda rng: moment(rng).date(), lambda v: f'"{v.isoformat()}"'),
    "hour": ("time", None, "TIME", lambda rng: moment(rng).time(), lambda v: f'"{v.isoformat()}"'),
    "wall": ("timestamp", {"timezone": "false"}, "TIMESTAMP_NTZ(6)", moment, lambda v: f'"{v.isoformat()}"'),
    "instant": (
        "timestamp", {"timezone": "true"}, "TIMESTAMP_TZ(6)", lambda rng: moment(rng).replace(tzinfo=UTC),
        lambda v: f'"{v.isoformat()}"',
    ),
}
PROVENANCE = ["_extra", "_source_file", "_source_sheet", "_source_row"]


class Table:
    """Columns and rows drawn from a seed. `rows[i][j]` is the value that stands in row i, column j; None is null."""

    def __init__(self, seed, row_count=None):
        rng = random.Random(seed)
        self.names = rng.sample(sorted(TYPES), rng.randint(1, len(TYPES)))
        self.required = {name for name in self.names if rng.random() < 0.3}
        shapes = {name: rng.choice(["nulls", "few", "runs", "any", "any", "any"]) for name in self.names}
        if row_count is None:
            row_count = rng.choice([0, 1, 2, 7, 8, 9, 63, 64, 65, 500, 999])
        self.rng = rng
        self.shapes = shapes
        self.rows = self.fill(row_count)

    def fill(self, row_count=None):
        """Draws rows for the columns as they are now."""
        rng, rows = self.rng, []
        row_count = len(self.rows) if row_count is None else row_count
        pools = {name: [TYPES[name][3](rng) for _ in range(4)] for name in self.names}
        for number in range(row_count):
            row = []
            for name in self.names:
                shape = self.shapes.get(name, "any")
                if name not in self.required and (shape == "nulls" or rng.random() < 0.15):
                    row.append(None)
                elif shape == "few":
                    row.append(rng.choice(pools[name]))
                elif shape == "runs":
                    row.append(pools[name][number // 100 % 4])
                else:
                    row.append(TYPES[name][3](rng))
            rows.append(row)
        return rows

    def contract(self):
        lines = [
            "apiVersion: v3.1.0", "kind: DataContract", "id: random", "name: random", "version: 1.0.0", "status: active",
            "schema:", "  - name: random", "    physicalType: table", "    logicalType: object",
            "    description: Random values.", "    properties:",
        ]
        for name in self.names:
            logical, options, physical, _, _ = TYPES[name]
            more = ", required: true" if name in self.required else ""
            if isinstance(options, tuple):
                more += (
                    f", customProperties: [{{property: precision, value: {options[0]}}}, "
                    f"{{property: scale, value: {options[1]}}}]"
                )
            elif options:
                more += ", logicalTypeOptions: {" + ", ".join(f"{key}: {value}" for key, value in options.items()) + "}"
            physical = f'"{physical}"' if "," in physical else physical
            lines.append(f"      - {{name: {name}, logicalType: {logical}, physicalType: {physical}{more}}}")
        return "\n".join(lines) + "\n"

    def ndjson(self):
        lines = []
        for row in self.rows:
            cells = []
            for name, value in zip(self.names, row):
                if value is None:
                    if self.rng.random() < 0.5:
                        cells.append(f'"{name}":null')
                else:
                    cells.append(f'"{name}":{TYPES[name][4](value)}')
            if self.rng.random() < 0.1:
                self.rng.shuffle(cells)
            lines.append("{" + ",".join(cells) + "}\n")
        return "".join(lines)
