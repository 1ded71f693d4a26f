"""The contracts are what ODCS tools accept, and the published schema of our extension refuses typos."""

import copy
import json
import pathlib

import datacontract
import datacontract.cli
import jsonschema
import pytest
import yaml
from typer.testing import CliRunner

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "compose" / "contracts"
FILES = sorted(FOLDER.glob("*.odcs.yaml"))
DATASETS = [
    "customers", "order_items", "order_payments", "order_reviews", "orders",
    "product_category_name_translation", "products", "rejects", "sellers",
]
EXTENSION = json.loads((FOLDER / "extensions.schema.json").read_text())


def read(name):
    return yaml.safe_load((FOLDER / f"{name}.odcs.yaml").read_text())


def faults(schema, document):
    return [f"{error.json_path}: {error.message}" for error in jsonschema.Draft201909Validator(schema).iter_errors(document)]


def test_every_dataset_has_its_contract():
    assert [path.name for path in FILES] == [f"{name}.odcs.yaml" for name in DATASETS]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_datacontract_lint_accepts(path):
    # The command itself; in this process, for to start it takes longer than what it does.
    result = CliRunner().invoke(datacontract.cli.app, ["lint", str(path)])
    assert result.exit_code == 0, result.output
    assert "is valid" in result.output and "warning" not in result.output.lower(), result.output


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_strict_schema_accepts(path):
    document = yaml.safe_load(path.read_text())
    version = document["apiVersion"].removeprefix("v")
    schemas = pathlib.Path(datacontract.__file__).parent / "schemas"
    strict = json.loads((schemas / f"odcs-{version}.schema.json").read_text())
    assert faults(strict, document) == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_extension_schema_accepts(path):
    assert faults(EXTENSION, yaml.safe_load(path.read_text())) == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_file_schema_and_contract_share_a_name_and_everything_is_described(path):
    document = yaml.safe_load(path.read_text())
    [schema] = document["schema"]
    assert path.name == f"{schema['name']}.odcs.yaml" and document["id"] == schema["name"]
    assert document["apiVersion"] == "v3.1.0"
    assert document["description"]["purpose"] and schema["description"]
    assert all(column.get("description") for column in schema["properties"])
    assert document["team"]["members"] and document["slaProperties"]


def test_the_extension_schema_is_a_schema():
    jsonschema.Draft201909Validator.check_schema(EXTENSION)


def extension(element, name):
    [value] = [entry["value"] for entry in element["customProperties"] if entry["property"] == name]
    return value


def column(document, name):
    [found] = [entry for entry in document["schema"][0]["properties"] if entry["name"] == name]
    return found


def on_schema(name, **keys):
    return lambda document: extension(document["schema"][0], name).update(keys)


def on_column(column_name, **keys):
    return lambda document: extension(column(document, column_name), "cleaning").update(keys)


def in_parse(column_name, **keys):
    return lambda document: extension(column(document, column_name), "cleaning")["parse"].update(keys)


def custom(column_name, name, value):
    def change(document):
        for entry in column(document, column_name)["customProperties"]:
            if entry["property"] == name:
                entry["value"] = value
    return change


FAULTS = {
    "source: unknown key": on_schema("source", flies=["*.xlsx"]),
    "source: no files": on_schema("source", files=[]),
    "source: header word": on_schema("source", header="first"),
    "source: header zero": on_schema("source", header=0),
    "source: range and table": on_schema("source", range="A1:B2", table="T"),
    "source: range text": on_schema("source", range="A1-B2"),
    "cleaning: unknown key": on_schema("cleaning", nullToken=[""]),
    "cleaning: rules of tomorrow": on_schema("cleaning", rulesVersion=2),
    "cleaning: null word not a text": on_schema("cleaning", nullTokens=[None]),
    "cleaning: unknown operation": on_schema("cleaning", ops=["trimm"]),
    "cleaning: drift word": on_schema("cleaning", unknownColumns="evolve"),
    "cleaning: missingColumns unquoted null": on_schema("cleaning", missingColumns=None),
    "cleaning: a property's key on the schema": on_schema("cleaning", aliases=["x"]),
    "dedupe: keys and exact": on_schema("cleaning", dedupe={"keys": ["order_id"], "exact": True}),
    "dedupe: latest without order": on_schema("cleaning", dedupe={"keys": ["order_id"], "keep": "latest"}),
    "dedupe: order without latest": on_schema("cleaning", dedupe={"keys": ["order_id"], "keep": "first", "orderBy": ["price"]}),
    "parquet: codec": on_schema("parquet", codec="brotli"),
    "parquet: encoding": on_schema("parquet", encoding={"price": "rle"}),
    "guard: bare number for a share": on_schema("guard", maxShrink=80),
    "guard: above all": on_schema("guard", maxRejects="101%"),
    "guard: unknown key": on_schema("guard", maxReject="5%"),
    "column: unknown key": on_column("price", alias=["x"]),
    "column: a schema's key": on_column("price", dedupe={"exact": True}),
    "column: onFail word": on_column("price", onFail="ignore"),
    "column: map value not a text": on_column("price", map={"a": 1}),
    "column: check": on_column("price", check="mail"),
    "column: padLeft without width": on_column("price", ops=[{"padLeft": {"with": "0"}}]),
    "column: two operations in one": on_column("price", ops=[{"stripChars": "x", "replace": {"regex": "a", "with": "b"}}]),
    "column: minimum unquoted": on_column("shipping_limit_date", minimum=20160101),
    "mask: no key": on_column("price", mask={"method": "hmac-sha256"}),
    "mask: the key itself": on_column("price", mask={"method": "hmac-sha256", "keyRef": "s3cret value"}),
    "mask: key for redact": on_column("price", mask={"method": "redact", "keyRef": "KEY"}),
    "parse: unknown key": in_parse("price", decimals=","),
    "parse: decimal separator": in_parse("price", decimal=";"),
    "parse: excessScale": in_parse("price", excessScale="ignore"),
    "parse: excelSerial as text": in_parse("shipping_limit_date", excelSerial="1900"),
    "parse: formats not a list": in_parse("shipping_limit_date", formats="dd/MM/yyyy"),
    "precision: too large": custom("price", "precision", 39),
    "scale: as text": custom("price", "scale", "2"),
}


@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_extension_schema_refuses(fault):
    document = read("order_items")
    assert faults(EXTENSION, document) == []
    before = copy.deepcopy(document)
    FAULTS[fault](document)
    assert document != before
    assert len(faults(EXTENSION, document)) >= 1


@pytest.mark.parametrize("change", [
    on_schema("source", sheet=["Items*", 2], header=3, range="A1:H99"),
    on_schema("guard", maxRejects=10, maxShrink="12.5%"),
    on_schema("cleaning", dedupe={"keys": ["order_id"], "keep": "latest", "orderBy": ["shipping_limit_date"], "ties": "reject"}),
    on_column("price", ops=[{"replace": {"regex": "[x]", "with": ""}}, {"extract": {"regex": "([0-9]+)", "group": 1}}]),
    on_column("price", mask={"method": "hmac-sha256", "keyRef": "PII_KEY", "when": "afterChecks"}),
    in_parse("shipping_limit_date", excelSerial=1900, language="pt", pivotYear=1970),
])
def test_extension_schema_accepts_what_the_eight_do_not_use(change):
    document = read("order_items")
    change(document)
    assert faults(EXTENSION, document) == []
