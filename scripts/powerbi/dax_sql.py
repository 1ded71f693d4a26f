"""Computes measures over a star schema in DuckDB: the part of DAX that metrics need, turned into SQL.

A measure becomes one scalar SQL expression. The filter context is a list of conditions, each on a column of one table; a
condition applies to a table when active relationships (or those that USERELATIONSHIP names) lead from it to the
condition's table, from the many side to the one side.
"""
import dataclasses

from . import dax
from .semantic_model import SemanticModel
from .dbt_agreement import source_of
from .dbt_project import Mart

AGGREGATES = {"SUM": "sum({})", "AVERAGE": "avg({})", "MIN": "min({})", "MAX": "max({})", "COUNT": "count({})", "DISTINCTCOUNT": "count(distinct {})"}
SIGNS = {"=": "=", "==": "=", "<>": "<>", "<": "<", ">": ">", "<=": "<=", ">=": ">=", "&&": "and", "||": "or"}


class NotComputable(Exception):
    """The expression uses a part of DAX that is not computed here."""


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


@dataclasses.dataclass(frozen=True)
class Context:
    """Filters as (table, column, SQL condition), and the relationships that USERELATIONSHIP made active."""

    filters: tuple[tuple[str, str, str], ...] = ()
    chosen: tuple[tuple[tuple[str, str], tuple[str, str]], ...] = ()

    def with_filter(self, table: str, column: str, condition: str) -> "Context":
        """CALCULATE's rule: a new condition on a column takes the place of the old one."""
        kept = tuple(entry for entry in self.filters if entry[:2] != (table, column))
        return dataclasses.replace(self, filters=(*kept, (table, column, condition)))


class Computer:
    """Turns the measures of a model into SQL over views that are named like the model's tables."""

    def __init__(self, model: SemanticModel):
        self.model = model
        self.trees = {formula.node.name: formula.tree for formula in model.formulas if formula.node.kind == "measure"}
        self.asked: list[str] = []

    def views(self, marts: dict[str, Mart]) -> list[str]:
        """Statements that make one view per table of the model, with the model's names. What dbt lacks (which another check
        tells) is null, so that the other measures can be computed."""
        statements = []
        for table in self.model.tables.values():
            _, source = source_of(table)
            if source.lower() in marts:
                known = marts[source.lower()].columns
                columns = ", ".join(
                    f"{quoted(name) if (name := column.value('sourceColumn').lower()) in known else 'null'} as {quoted(column.name)}"
                    for column in table.of_kind("column"))
                where = " where date_key <> -1" if table.value("dataCategory") == "Time" else ""
                statements.append(f"create temp view {quoted(table.name)} as select {columns} from ecom.marts.{quoted(source.lower())}{where}")
        return statements

    def measure(self, name: str, context: Context) -> str:
        tree = self.trees.get(name)
        if tree is None:
            raise NotComputable(f"[{name}], which cannot be read,")
        if name in self.asked:
            raise NotComputable(f"[{name}], which needs itself,")
        self.asked.append(name)
        try:
            return self.scalar(tree, context, {})
        finally:
            self.asked.pop()

    def scalar(self, term: dax.Term, context: Context, variables: dict[str, str]) -> str:
        if term.kind == "number":
            return term.name
        if term.kind == "text":
            return "'" + term.name.replace("'", "''") + "'"
        if term.kind == "measure":
            return self.measure(term.name, context)
        if term.kind == "variable" and term.name.casefold() in variables:
            return variables[term.name.casefold()]
        if term.kind == "let":
            known = dict(variables)
            for name, part in zip(term.names, term.parts):
                known[name.casefold()] = self.scalar(part, context, known)
            return self.scalar(term.parts[-1], context, known)
        if term.kind == "operator":
            return self.operator(term, [self.scalar(part, context, variables) for part in term.parts])
        if term.kind == "call":
            return self.call(term, context, variables)
        raise NotComputable(f"a {term.kind} ({term.name}) is no single value")

    def operator(self, term: dax.Term, parts: list[str]) -> str:
        if term.name in ("+", "-"):
            return f"(coalesce({parts[0]}, 0) {term.name} coalesce({parts[1]}, 0))"
        if term.name in ("*", "/"):
            return f"({parts[0]} {term.name} {parts[1]})"
        if term.name == "negative":
            return f"(- {parts[0]})"
        if term.name in SIGNS:
            return f"({parts[0]} {SIGNS[term.name]} {parts[1]})"
        raise NotComputable(f"the operator {term.name}")

    def call(self, term: dax.Term, context: Context, variables: dict[str, str]) -> str:
        if term.name in AGGREGATES and len(term.parts) == 1 and term.parts[0].kind == "column":
            column = term.parts[0]
            return self.over(column.table, AGGREGATES[term.name].format(f"{quoted(column.table)}.{quoted(column.name)}"), context)
        if term.name == "COUNTROWS" and term.parts:
            return f"(select count(*) from ({self.rows(term.parts[0], context)}))"
        if term.name == "DIVIDE":
            above, below = (self.scalar(part, context, variables) for part in term.parts[:2])
            other = self.scalar(term.parts[2], context, variables) if len(term.parts) > 2 else "null"
            return f"coalesce(cast({above} as double) / nullif({below}, 0), {other})"
        if term.name == "CALCULATE":
            for part in term.parts[1:]:
                context = self.filtered(part, context)
            return self.scalar(term.parts[0], context, variables)
        if term.name in ("TRUE", "FALSE"):
            return term.name.lower()
        if term.name == "BLANK":
            return "null"
        if term.name in ("ISBLANK", "NOT"):
            inner = self.scalar(term.parts[0], context, variables)
            return f"({inner} is null)" if term.name == "ISBLANK" else f"(not {inner})"
        if term.name == "IF":
            parts = [self.scalar(part, context, variables) for part in term.parts]
            return f"(case when {parts[0]} then {parts[1]} else {parts[2] if len(parts) > 2 else 'null'} end)"
        raise NotComputable(f"the function {term.name}")

    def filtered(self, term: dax.Term, context: Context) -> Context:
        """The context with one more argument of CALCULATE: USERELATIONSHIP, or a condition on one column."""
        if term.kind == "call" and term.name == "USERELATIONSHIP":
            ends = tuple((part.table, part.name) for part in term.parts)
            return dataclasses.replace(context, chosen=(*context.chosen, ends))
        columns = {(part.table, part.name) for part in term.walk() if part.kind == "column"}
        if len(columns) != 1:
            raise NotComputable("a filter that is no condition on one column")
        table, column = columns.pop()
        return context.with_filter(table, column, self.condition(term))

    def condition(self, term: dax.Term) -> str:
        """A condition row by row, over columns of the joined tables."""
        if term.kind == "column":
            return f"{quoted(term.table)}.{quoted(term.name)}"
        if term.kind == "operator":
            return self.operator(term, [self.condition(part) for part in term.parts])
        if term.kind == "call" and term.name in ("ISBLANK", "NOT"):
            inner = self.condition(term.parts[0])
            return f"({inner} is null)" if term.name == "ISBLANK" else f"(not {inner})"
        return self.scalar(term, Context(), {})

    def rows(self, term: dax.Term, context: Context) -> str:
        """A table expression as a query."""
        if term.kind == "table" or (term.kind == "variable" and term.name in self.model.tables):
            return self.select(term.name, "1 as one", context)
        if term.kind == "call" and term.name == "SUMMARIZE":
            base, *columns = term.parts
            names = [f"{quoted(column.table)}.{quoted(column.name)}" for column in columns if column.kind == "column"]
            if base.kind not in ("table", "variable") or len(names) != len(columns):
                raise NotComputable("SUMMARIZE of other than a table and columns")
            return "select distinct " + self.select(base.name, ", ".join(names), context, [column.table for column in columns])[len("select "):]
        if term.kind == "call" and term.name == "FILTER":
            inner = self.rows(term.parts[0], context)
            columns = {(part.table, part.name) for part in term.parts[1].walk() if part.kind == "column"}
            condition = self.condition(term.parts[1])
            for table, column in columns:
                condition = condition.replace(f"{quoted(table)}.{quoted(column)}", quoted(column))
            return f"select * from ({inner}) where {condition}"
        raise NotComputable(f"the table expression {term.name or term.kind}")

    def over(self, table: str, what: str, context: Context) -> str:
        return f"({self.select(table, what, context)})"

    def select(self, table: str, what: str, context: Context, more: list[str] | None = None) -> str:
        """A query over a table, joined with the dimensions that filters or columns need."""
        chosen = {frozenset(ends) for ends in context.chosen}
        overridden = {(many, one) for many, one in self.pairs(chosen)}
        joins, conditions = [], []
        reached = {table}
        for wanted in [*(entry[0] for entry in context.filters), *(more or [])]:
            if wanted in reached:
                continue
            for relationship in self.model.relationships:
                if relationship.many[0] != table or relationship.one[0] != wanted:
                    continue
                pair = frozenset((relationship.many, relationship.one))
                rivals = (relationship.many[0], relationship.one[0]) in overridden
                if (pair in chosen) if rivals else relationship.is_active:
                    joins.append(
                        f" left join {quoted(wanted)} on {quoted(table)}.{quoted(relationship.many[1])}"
                        f" = {quoted(wanted)}.{quoted(relationship.one[1])}")
                    reached.add(wanted)
                    break
        for wanted, _, condition in context.filters:
            if wanted in reached:
                conditions.append(condition)
        where = " where " + " and ".join(conditions) if conditions else ""
        return f"select {what} from {quoted(table)}{''.join(joins)}{where}"

    def pairs(self, chosen: set[frozenset]) -> list[tuple[str, str]]:
        """The pairs of tables between which a relationship was chosen."""
        return [
            (relationship.many[0], relationship.one[0]) for relationship in self.model.relationships
            if frozenset((relationship.many, relationship.one)) in chosen]
