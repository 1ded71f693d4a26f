"""The model has what dbt builds: the same tables, columns, types, names in Snowflake's case, and descriptions."""
import re

from .dbt_project import Mart
from .problems import Problem
from .semantic_model import SemanticModel
from .tmdl import Node

TABLE_STEP = re.compile(r'\[\s*Name\s*=\s*"([^"]*)"\s*,\s*Kind\s*=\s*"Table"\s*\]')
SELECTED = re.compile(r"Table\.SelectColumns\(\s*\w+\s*,\s*\{(.*?)\}", re.S)
UNKNOWN_MEMBER_FILTER = re.compile(r"Table\.SelectRows\(\s*\w+\s*,\s*each\s*\[DATE_KEY\]\s*<>\s*-1\s*\)")


def data_type(dbt_type: str) -> str:
    """The TMDL type of a dbt contract's type."""
    word = dbt_type.lower().partition("(")[0].strip()
    return {
        "varchar": "string", "text": "string", "integer": "int64", "bigint": "int64", "smallint": "int64", "decimal": "decimal",
        "numeric": "decimal", "boolean": "boolean", "date": "dateTime", "datetime": "dateTime", "timestamp": "dateTime",
        "double": "double",
    }.get(word, f"no TMDL type for {dbt_type}")


def source_of(table: Node) -> tuple[Node | None, str]:
    """The partition of a table and the name of the Snowflake table it reads; an empty name where it reads none."""
    for partition in table.of_kind("partition"):
        found = TABLE_STEP.search(partition.expression or "")
        if found:
            return partition, found[1]
    return None, ""


EXPOSURE = "power_bi_report"


def check_against_dbt(model: SemanticModel, marts: dict[str, Mart], exposed: set[str]) -> None:
    """`exposed` are the models that dbt's exposure of the report names."""
    read = set()
    for table in model.tables.values():
        partition, source = source_of(table)
        if partition is None:
            continue
        mart = marts.get(source.lower())
        if mart is None:
            model.complain(
                partition, "dbt-model", f"{table.name} reads {source}, and dbt has no model {source.lower()}; it has {', '.join(sorted(marts))}",
                partition.expression_line)
            continue
        if source != source.upper():
            model.complain(
                partition, "case", f"{table.name} reads {source}; Snowflake's name is {source.upper()}", partition.expression_line)
        read.add(mart.name)
        check_table(model, table, partition, mart)
    for name in sorted(marts):
        if name.startswith(("dim_", "fct_")) and name not in read:
            folder = model.folder / "definition" / "tables"
            model.problems.append(Problem(folder, 0, "dbt-model", f"no table reads the dbt model {name}"))
    for name in sorted(read ^ exposed):
        what = "names, and no table reads it" if name in exposed else "does not name, though a table reads it"
        folder = model.folder / "definition" / "tables"
        model.problems.append(Problem(folder, 0, "dbt-exposure", f"{name} is a model that dbt's exposure {EXPOSURE} {what}"))
    check_keys(model, marts)


def check_table(model: SemanticModel, table: Node, partition: Node, mart: Mart) -> None:
    if table.description != mart.description:
        model.complain(table, "dbt-description", f"the description of {table.name} is not dbt's: {mart.description}")
    for column in table.of_kind("column"):
        source = column.value("sourceColumn")
        if not source:
            continue
        place = column.line_of("sourceColumn")
        if source.lower() not in mart.columns:
            model.complain(
                column, "dbt-column",
                f"{table.name}[{column.name}] reads {source}, and the dbt model {mart.name} ({mart.file}) has no column "
                f"{source.lower()}; it has {', '.join(mart.columns)}", place)
            continue
        if source != source.upper():
            model.complain(column, "case", f"{table.name}[{column.name}] reads {source}; Snowflake's name is {source.upper()}", place)
        dbt_type, description = mart.columns[source.lower()]
        if column.value("dataType") != data_type(dbt_type):
            model.complain(
                column, "dbt-type",
                f"{table.name}[{column.name}] is {column.value('dataType')}; {mart.name}.{source.lower()} is {dbt_type} in dbt, "
                f"which wants {data_type(dbt_type)}", column.line_of("dataType"))
        if column.description != description:
            model.complain(column, "dbt-description", f"the description of {table.name}[{column.name}] is not dbt's: {description}")
    check_selection(model, table, partition, mart)


def check_selection(model: SemanticModel, table: Node, partition: Node, mart: Mart) -> None:
    """The query brings the table's columns and no others; dates leave out the unknown member, which has no day."""
    found = SELECTED.search(partition.expression or "")
    if not found:
        model.complain(partition, "select-columns", f"{table.name} reads all columns; take those of the model (Table.SelectColumns)")
    else:
        selected = re.findall(r'"([^"]*)"', found[1])
        wanted = [column.value("sourceColumn") for column in table.of_kind("column")]
        for name in sorted(set(wanted) ^ set(selected)):
            where = "selected and no column" if name in selected else "a column and not selected"
            model.complain(partition, "select-columns", f"{name} of {table.name} is {where}", partition.expression_line)
    if table.value("dataCategory") == "Time" and not UNKNOWN_MEMBER_FILTER.search(partition.expression or ""):
        model.complain(
            partition, "date-table", f"{table.name} must leave out the unknown member (each [DATE_KEY] <> -1): a table of dates has no blank",
            partition.expression_line)
    if mart.name == "dim_date" and table.value("dataCategory") != "Time":
        model.complain(table, "date-table", f"{table.name} holds the dates and is not marked so (dataCategory: Time)")


def check_keys(model: SemanticModel, marts: dict[str, Mart]) -> None:
    """dbt tests the one side of every relationship for uniqueness: otherwise a refresh fails in Power BI."""
    for relationship in model.relationships:
        table, name = relationship.one
        _, source = source_of(model.tables[table])
        mart = marts.get(source.lower())
        column = model.columns[relationship.one].value("sourceColumn").lower()
        if mart is not None and column in mart.columns and column not in mart.unique:
            model.complain(relationship.node, "dbt-unique", f"dbt does not test {mart.name}.{column} for uniqueness, which {relationship.text()} needs")
