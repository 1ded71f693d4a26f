"""What Dagster needs to know of a contract: an ODCS file (compose/contracts/README.md)."""
import dataclasses
import datetime
import pathlib
import re

import dagster as dg
import yaml

# A dataset without a promised frequency is expected daily.
DEFAULT_FREQUENCY = datetime.timedelta(days=1)
# How much later than its frequency a dataset may be before it is worth a look.
GRACE = datetime.timedelta(hours=2)
# What Dagster takes for a check's name.
CHECK_NAME = re.compile(r"[A-Za-z0-9_]+")
UNITS = {
    "m": "minutes", "min": "minutes", "minute": "minutes", "minutes": "minutes", "h": "hours", "hr": "hours", "hour": "hours",
    "hours": "hours", "d": "days", "day": "days", "days": "days"}


@dataclasses.dataclass(frozen=True)
class Rule:
    """A quality rule; `is_error` blocks what comes after the dataset."""

    name: str
    description: str
    is_error: bool


@dataclasses.dataclass(frozen=True)
class Contract:
    dataset: str
    description: str
    version: str
    owner: str | None
    files: list[str]
    max_rejects: str | int | None
    rules: list[Rule]
    columns: dg.TableSchema
    frequency: datetime.timedelta
    latency: datetime.timedelta
    path: pathlib.Path


def read(path: pathlib.Path) -> Contract | None:
    """The contract, or None when no source files belong to it (the stream of refused rows)."""
    document = yaml.safe_load(path.read_text())
    [schema] = document["schema"]
    settings = {one["property"]: one.get("value") for one in schema.get("customProperties", [])}
    files = (settings.get("source") or {}).get("files")
    if not files:
        return None
    promised = {one["property"]: one for one in document.get("slaProperties", [])}
    frequency = _span(promised.get("frequency")) or DEFAULT_FREQUENCY
    owners = [one["username"] for one in (document.get("team") or {}).get("members", []) if one.get("role") == "owner"]
    return Contract(
        dataset=schema["name"], description=schema.get("description", ""), version=str(document.get("version", "")),
        owner=owners[0] if owners else None, files=files, max_rejects=(settings.get("guard") or {}).get("maxRejects"),
        rules=list(_rules(schema)), columns=dg.TableSchema(columns=[_column(one) for one in schema["properties"]]),
        frequency=frequency, latency=_span(promised.get("latency")) or frequency, path=path)


def read_all(folder: pathlib.Path) -> list[Contract]:
    return [contract for path in sorted(folder.glob("*.odcs.yaml")) if (contract := read(path))]


def _span(promise: dict | None) -> datetime.timedelta | None:
    if not promise or promise.get("unit") not in UNITS:
        return None
    return datetime.timedelta(**{UNITS[promise["unit"]]: float(promise["value"])})


def _rules(schema: dict):
    """The rules that `clean` judges, in the report's names: those with a metric and an id."""
    for owner in [schema, *schema["properties"]]:
        for rule in owner.get("quality", []):
            # Values of which none may be invalid refuse single rows; they are not judged over the dataset.
            refuses_rows = rule.get("metric") == "invalidValues" and rule.get("mustBe") == 0
            if rule.get("metric") and not refuses_rows and CHECK_NAME.fullmatch(rule.get("id") or ""):
                about = rule.get("description") or f"{rule['metric']} of {owner['name']}"
                yield Rule(rule["id"], about, rule.get("severity", "error") == "error")


def _column(one: dict) -> dg.TableColumn:
    constraints = dg.TableColumnConstraints(nullable=not one.get("required", False), unique=bool(one.get("unique")))
    tags = {"classification": one["classification"]} if one.get("classification") else {}
    return dg.TableColumn(
        one["name"], one.get("physicalType") or one["logicalType"], one.get("description"), constraints=constraints, tags=tags)
