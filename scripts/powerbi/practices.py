"""What makes a model good to use: the rules of the public best-practice lists that can be judged without a server."""
import re

from .problems import Problem
from .semantic_model import SemanticModel
from .tmdl import parse_name


def check_practices(model: SemanticModel) -> None:
    check_settings(model)
    check_measures(model)
    check_columns(model)
    check_style(model)
    check_sources(model)


def check_settings(model: SemanticModel) -> None:
    for root in model.roots:
        if root.kind == "model":
            if not root.is_true("discourageImplicitMeasures"):
                model.complain(root, "implicit-measures", "discourageImplicitMeasures is missing: columns would be summed as they are")
            note = root.annotation("__PBI_TimeIntelligenceEnabled")
            if note is None or (note.expression or "").strip() != "0":
                model.complain(root, "auto-date", "automatic date tables are on; set annotation __PBI_TimeIntelligenceEnabled = 0")
    names = {expression.name for expression in model.expressions}
    for wanted in ("SnowflakeAccount", "SnowflakeWarehouse", "SnowflakeDatabase", "SnowflakeSchema"):
        if wanted not in names:
            file = model.folder / "definition" / "expressions.tmdl"
            model.problems.append(Problem(file, 0, "parameter", f"there is no parameter {wanted}"))


def check_measures(model: SemanticModel) -> None:
    for name, (_, measure) in model.measures.items():
        for wanted in ("formatString", "displayFolder"):
            if not measure.value(wanted):
                model.complain(measure, "measure-" + wanted, f"measure {name} has no {wanted}")
        if not measure.description:
            model.complain(measure, "description", f"measure {name} has no description (/// above it)")


def check_columns(model: SemanticModel) -> None:
    keys = {end for relationship in model.relationships for end in (relationship.many, relationship.one)}
    used = set(keys)
    for formula in model.formulas:
        for term in formula.tree.walk() if formula.tree else ():
            if term.kind == "column":
                used.add((term.table, term.name))
    for table in model.tables.values():
        for hierarchy in table.of_kind("hierarchy"):
            used |= {(table.name, parse_name(level.value("column"))[0]) for level in hierarchy.of_kind("level")}
    used |= {(table, parse_name(column.value("sortByColumn"))[0]) for (table, _), column in model.columns.items()}
    for (table, name), column in model.columns.items():
        hidden = column.is_true("isHidden")
        if (table, name) in keys and not hidden:
            model.complain(column, "key-shown", f"{table}[{name}] is a key of a relationship and not hidden")
        if column.value("dataType") == "double":
            model.complain(column, "double", f"{table}[{name}] is a binary floating point number; money and rates want decimal")
        if column.value("summarizeBy") != "none":
            model.complain(column, "summarize-by", f"{table}[{name}] wants summarizeBy: none; sums are measures")
        if not column.description:
            model.complain(column, "description", f"{table}[{name}] has no description (/// above it)")
        if hidden and (table, name) not in used and name != "Placeholder":
            model.complain(column, "hidden-unused", f"{table}[{name}] is hidden and nothing uses it: leave it out")
        if column.expression is not None:
            model.complain(column, "calculated-column", f"{table}[{name}] is calculated here; dbt is the place for it")


def check_style(model: SemanticModel) -> None:
    """DIVIDE instead of /, no IFERROR, columns with their table, names without blanks at their ends or underscores."""
    for formula in model.formulas:
        for term in formula.tree.walk() if formula.tree else ():
            if term.kind == "operator" and term.name == "/":
                model.complain(formula.node, "divide", f"{formula.what}: divide with DIVIDE, which knows of zero", formula.line(term))
            if term.kind == "call" and term.name == "IFERROR":
                model.complain(formula.node, "iferror", f"{formula.what}: IFERROR hides mistakes and is slow", formula.line(term))
    for _, node in model.nodes():
        if node.kind in ("table", "column", "measure", "hierarchy", "level"):
            if node.name != node.name.strip():
                model.complain(node, "name", f"{node.kind} {node.name!r} has blanks around its name")
            if re.search(r"[_\t]", node.name) and not node.is_true("isHidden"):
                model.complain(node, "name", f"{node.kind} {node.name} is shown to people and wants blanks for underscores")


def check_sources(model: SemanticModel) -> None:
    """Partitions name no server: the parameters do."""
    for table in model.tables.values():
        for partition in table.of_kind("partition"):
            if partition.value("mode") != "import":
                model.complain(partition, "mode", f"partition {partition.name} is not of mode import", partition.line_of("mode"))
            if "Snowflake.Databases" in (partition.expression or "") and not re.search(
                    r"Snowflake\.Databases\(\s*SnowflakeAccount\s*,\s*SnowflakeWarehouse\b", partition.expression or ""):
                model.complain(
                    partition, "parameter", f"partition {partition.name} names a server; use the parameters SnowflakeAccount and "
                    "SnowflakeWarehouse", partition.expression_line)
