"""The relationships make a star: typed alike, one way, without two ways between two tables, and each of them of use."""
import itertools

from . import dax
from .semantic_model import SemanticModel


def check_relationships(model: SemanticModel) -> None:
    check_ends(model)
    check_use(model)
    check_paths(model)
    check_dates(model)
    check_roles(model)


def check_ends(model: SemanticModel) -> None:
    """Both ends have one type; no pair of columns is related twice; every key of a fact leads to a dimension."""
    seen = set()
    for relationship in model.relationships:
        many, one = model.columns[relationship.many], model.columns[relationship.one]
        if many.value("dataType") != one.value("dataType"):
            model.complain(
                relationship.node, "relationship-type",
                f"{relationship.text()} relates {many.value('dataType')} with {one.value('dataType')}")
        if relationship.is_both_ways:
            model.complain(relationship.node, "both-directions", f"{relationship.text()} filters both ways; one way is enough")
        pair = (relationship.many, relationship.one)
        if pair in seen:
            model.complain(relationship.node, "relationship-twice", f"{relationship.text()} is there already")
        seen.add(pair)
    related = {relationship.many for relationship in model.relationships}
    ones = {relationship.one for relationship in model.relationships}
    facts = {relationship.many[0] for relationship in model.relationships}
    for (table, name), column in model.columns.items():
        if table in facts and column.value("sourceColumn").upper().endswith("_KEY") and (table, name) not in related | ones:
            model.complain(column, "key-without-relationship", f"{table}[{name}] is a key that no relationship uses")


def check_use(model: SemanticModel) -> None:
    """USERELATIONSHIP names relationships that exist, and every inactive one is named by a measure."""
    pairs = {frozenset((relationship.many, relationship.one)): relationship for relationship in model.relationships}
    used = set()
    for formula in model.formulas:
        for term in formula.tree.walk() if formula.tree else ():
            if term.kind == "call" and term.name == "USERELATIONSHIP":
                pair = frozenset((part.table, part.name) for part in term.parts if part.kind == "column")
                if pair in pairs:
                    used.add(pair)
                elif all(end in model.columns for end in pair):
                    ends = " and ".join(f"{table}[{name}]" for table, name in sorted(pair))
                    model.complain(
                        formula.node, "no-relationship", f"{formula.what}: there is no relationship between {ends}",
                        formula.line(term))
    for pair, relationship in pairs.items():
        if not relationship.is_active and pair not in used:
            model.complain(
                relationship.node, "inactive-unused",
                f"{relationship.text()} is inactive and no measure names it with USERELATIONSHIP: it does nothing")


def check_paths(model: SemanticModel) -> None:
    """Between two tables filters take at most one way."""
    ways: dict[str, list] = {table: [] for table in model.tables}
    for relationship in model.relationships:
        if relationship.is_active:
            ways[relationship.one[0]].append((relationship.many[0], relationship))
            if relationship.is_both_ways:
                ways[relationship.many[0]].append((relationship.one[0], relationship))
    for start in ways:
        found: dict[str, list] = {}
        waiting = [(start, ())]
        while waiting:
            table, path = waiting.pop()
            for after, relationship in ways[table]:
                if after == start or any(after == step[0] for step in path):
                    continue
                longer = (*path, (after, relationship))
                found.setdefault(after, []).append(longer)
                waiting.append((after, longer))
        for end, paths in found.items():
            if len(paths) > 1:
                texts = [" -> ".join([start, *(step[0] for step in path)]) for path in paths[:2]]
                model.complain(
                    paths[-1][-1][1].node, "ambiguous-path",
                    f"filters reach {end} from {start} in {len(paths)} ways ({' and '.join(texts)}); make one inactive")


def check_dates(model: SemanticModel) -> None:
    """One table of dates is marked, and time intelligence uses its key column."""
    marked = {
        table.name: next((column for column in table.of_kind("column") if column.is_true("isKey")), None)
        for table in model.tables.values() if table.value("dataCategory") == "Time"}
    for name, key in marked.items():
        if key is None or key.value("dataType") != "dateTime":
            model.complain(model.tables[name], "date-table", f"{name} is of category Time and wants a key column (isKey) of type dateTime")
    keys = {(name, key.name) for name, key in marked.items() if key is not None}
    for formula in model.formulas:
        for term in formula.tree.walk() if formula.tree else ():
            if term.kind == "call" and term.name in dax.TIME_INTELLIGENCE:
                dates = term.parts[1] if term.name.startswith("TOTAL") and len(term.parts) > 1 else term.parts[0] if term.parts else None
                if dates is not None and dates.kind == "column" and (dates.table, dates.name) not in keys:
                    model.complain(
                        formula.node, "date-table",
                        f"{formula.what}: {term.name} over {dates.table}[{dates.name}], which is not the key of a table marked as "
                        "dates (dataCategory: Time, isKey)", formula.line(term))


def check_roles(model: SemanticModel) -> None:
    """A role that filters a dimension leaves no fact open that this filter does not reach."""
    reached = {table: {table} for table in model.tables}
    for _, relationship in itertools.product(model.tables, model.relationships):
        if relationship.is_active:
            for tables in reached.values():
                if relationship.one[0] in tables:
                    tables.add(relationship.many[0])
    facts = {relationship.many[0] for relationship in model.relationships}
    for role in model.roles:
        permissions = role.of_kind("tablePermission")
        closed = {table for permission in permissions for table in reached.get(permission.name, ())}
        for fact in sorted(facts - closed) if permissions else ():
            model.complain(role, "role-leak", f"role {role.name} leaves {fact} open: no filter of the role reaches it")
