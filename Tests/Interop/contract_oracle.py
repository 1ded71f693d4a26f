"""A slow, plain reading of the contracts in Python: what clean must do with the rows of a workbook, said a second time.

It knows just the rules that the eight contracts use, and reads workbooks with openpyxl. Tests compare the programs and
the sample workbooks' truth with it.
"""

import fnmatch
import re
import unicodedata
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import yaml

CONTRACTS = Path(__file__).resolve().parents[2] / "compose" / "contracts"
WHITE_SPACE = "\t\n\x0b\x0c\r \x85\u00a0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))
DATE_PARTS = {"yyyy": r"(?P<Y>\d{4})", "MM": r"(?P<m>\d{2})", "dd": r"(?P<d>\d{2})", "HH": r"(?P<H>\d{2})",
              "mm": r"(?P<M>\d{2})", "ss": r"(?P<S>\d{2})"}
ISO_FORMATS = ("yyyy-MM-ddTHH:mm:ss", "yyyy-MM-dd HH:mm:ss", "yyyy-MM-dd")
LARGEST_TITLE_ROW = 6


class Refused(Exception):
    """A value breaks a rule; the argument is the code."""


def snake(header):
    text = unicodedata.normalize("NFKC", header).lower()
    return re.sub(r"[^\w]+|_+", "_", text).strip("_")


class Oracle:
    """One dataset's contract, applied."""

    def __init__(self, dataset_name):
        document = yaml.safe_load((CONTRACTS / f"{dataset_name}.odcs.yaml").read_text())
        [self.schema] = document["schema"]
        self.settings = custom(self.schema)
        self.properties = self.schema["properties"]
        self.key = [item["name"] for item in self.properties if item.get("primaryKey")]

    def routes(self, drive_path):
        """True if a glob of the contract matches the path (`**/` is any folders or none)."""
        return any(fnmatch.fnmatchcase(("/" + drive_path).lower(), "/*" + glob.removeprefix("**/").lower()) and "/" not in
                   drive_path.lower().split("/")[-1] for glob in self.settings["source"]["files"])

    def data_sheets(self, workbook):
        glob = self.settings["source"]["sheet"][0]
        return [sheet for sheet in workbook.worksheets if fnmatch.fnmatch(sheet.title.lower(), glob.lower())]

    def header(self, texts):
        """Property name by column position, for a row of header texts; other texts stand for themselves after a '?'."""
        names, snakes = {}, {}
        for item in self.properties:
            for text in (item["name"], *custom(item).get("cleaning", {}).get("aliases", [])):
                names[text] = snakes[snake(text)] = item["name"]
        return [None if text is None else names.get(text) or snakes.get(snake(text)) or f"?{text}" for text in texts]

    def clean(self, record):
        """The clean row (by property name) and the errors (property, code)."""
        row, errors = {}, []
        for item in self.properties:
            try:
                row[item["name"]] = self.clean_value(item, record.get(item["name"]))
            except Refused as refused:
                errors += [(item["name"], code) for code in refused.args[0]]
        return row, errors

    def means_null(self, cleaning, text):
        """Null words are compared after the operations, which may have changed the case."""
        words = cleaning.get("nullTokens", self.settings["cleaning"]["nullTokens"])
        if cleaning.get("nullTokensIgnoreCase", self.settings["cleaning"].get("nullTokensIgnoreCase", False)):
            return text.lower() in {word.lower() for word in words}
        return text in words

    def clean_value(self, item, raw):
        cleaning = custom(item).get("cleaning", {})
        text = text_view(raw, item)
        if text is not None:
            for operation in self.settings["cleaning"]["ops"] + cleaning.get("ops", []):
                text = operate(operation, text)
        if text is None or self.means_null(cleaning, text):
            if item.get("required"):
                raise Refused(["null.required"])
            return None
        text = cleaning.get("map", {}).get(text, text)
        value = parse(item, cleaning, text, is_number=isinstance(raw, (int, float)))
        codes = list(broken_limits(item, cleaning, value))
        if codes:
            raise Refused(codes)
        return value


def custom(part):
    return {entry["property"]: entry["value"] for entry in part.get("customProperties", [])}


def text_view(raw, item):
    if raw is None or isinstance(raw, str):
        return raw
    if isinstance(raw, datetime):
        raw = raw.replace(microsecond=0)
        return raw.isoformat() if raw.time().isoformat() != "00:00:00" else raw.date().isoformat()
    if isinstance(raw, date):
        return raw.isoformat()
    if isinstance(raw, float) and raw.is_integer():
        return str(int(raw))
    if item["physicalType"].startswith("DECIMAL"):
        return f"{raw:.15g}"
    return repr(raw)


def operate(operation, text):
    if isinstance(operation, dict):
        [(name, settings)] = operation.items()
        assert name == "padLeft"
        return text.rjust(settings["width"], settings["with"]) if text.isdecimal() else text
    return {
        "nfc": lambda: unicodedata.normalize("NFC", text),
        "controlStrip": lambda: "".join(one for one in text if unicodedata.category(one) != "Cc" or one in "\t\n\r"),
        "trim": lambda: text.strip(WHITE_SPACE),
        "squeeze": lambda: re.sub(f"[{WHITE_SPACE}]+", " ", text),
        "lower": lambda: text.lower(),
        "upper": lambda: text.upper(),
    }[operation]()


def parse(item, cleaning, text, is_number):
    kind, settings = item["logicalType"], cleaning.get("parse", {})
    if kind == "string":
        return text
    if kind == "integer":
        if not re.fullmatch(r"[+-]?\d+(\.0+)?", text):
            raise Refused(["parse.integer"])
        return int(text.split(".")[0])
    if kind == "number":
        return parse_decimal(settings, text, is_number)
    moment = parse_moment(settings.get("formats", []), text)
    if moment is None:
        raise Refused([f"parse.{kind}"])
    return moment.date() if kind == "date" else moment


def parse_decimal(settings, text, is_number):
    if not is_number:
        for prefix in settings.get("strip", []):
            text = text.removeprefix(prefix).strip(WHITE_SPACE)
        if not re.fullmatch(r"[+-]?(\d+|\d{1,3}(\.\d{3})+)(,\d+)?", text):
            raise Refused(["parse.decimal"])
        text = text.replace(".", "").replace(",", ".")
    value = Decimal(text)
    if value != value.quantize(Decimal("0.01")):
        raise Refused(["parse.decimal"])
    return value.quantize(Decimal("0.01"))


def parse_moment(formats, text):
    for one in (*formats, *ISO_FORMATS):
        pattern = re.sub("yyyy|MM|dd|HH|mm|ss", lambda found: DATE_PARTS[found.group()], one)
        found = re.fullmatch(pattern, text)
        if found:
            parts = {name: int(value) for name, value in found.groupdict().items()}
            try:
                return datetime(parts["Y"], parts["m"], parts["d"], parts.get("H", 0), parts.get("M", 0), parts.get("S", 0))
            except ValueError:
                return None
    return None


def broken_limits(item, cleaning, value):
    options = item.get("logicalTypeOptions", {})
    if isinstance(value, str):
        if len(value) < options.get("minLength", 0):
            yield "length.min"
        if len(value) > options.get("maxLength", len(value)):
            yield "length.max"
        if "pattern" in options and not re.search(options["pattern"], value):
            yield "pattern"
        for rule in item.get("quality", []):
            if rule["metric"] == "invalidValues" and value not in rule["arguments"]["validValues"]:
                yield "enum"
    elif isinstance(value, datetime):
        if "minimum" in cleaning and value < datetime.fromisoformat(cleaning["minimum"]):
            yield "range.min"
    elif not isinstance(value, date):
        if "minimum" in options and value < options["minimum"]:
            yield "range.min"
        if "maximum" in options and value > options["maximum"]:
            yield "range.max"


def read_rows(oracle, path):
    """(sheet name, row number, record, unknown columns) of every row below the header that is not blank."""
    workbook = openpyxl.load_workbook(path, data_only=True)
    for sheet in oracle.data_sheets(workbook):
        header = None
        for number, cells in enumerate(sheet.iter_rows(values_only=True), 1):
            if header is None:
                names = oracle.header(cells)
                if sum(1 for name in names if name and not name.startswith("?")) >= 2:
                    header = names
                assert header or number < LARGEST_TITLE_ROW, f"no header in {path.name}, sheet {sheet.title}"
            elif any(cell is not None for cell in cells):
                record = {name: cell for name, cell in zip(header, cells) if name}
                extra = {name[1:]: value for name, value in record.items() if name.startswith("?") and value is not None}
                yield sheet.title, number, {name: value for name, value in record.items() if name[0] != "?"}, extra
