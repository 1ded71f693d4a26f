"""The semantic model as a whole: its tables, columns, measures and relationships, with what is wrong about each by itself."""
import collections
import dataclasses
import pathlib
import re

from . import dax
from .problems import Problem
from .tmdl import Node, Parser, parse_name, split_reference

DATA_TYPES = {"string", "int64", "double", "decimal", "dateTime", "boolean", "binary"}
LINEAGE_TAG = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclasses.dataclass
class Relationship:
    """From the many side to the one side."""

    node: Node
    many: tuple[str, str]
    one: tuple[str, str]

    @property
    def is_active(self) -> bool:
        return self.node.value("isActive", "true") != "false"

    @property
    def is_both_ways(self) -> bool:
        return self.node.value("crossFilteringBehavior") == "bothDirections"

    def text(self) -> str:
        return f"{self.many[0]}[{self.many[1]}] -> {self.one[0]}[{self.one[1]}]"


@dataclasses.dataclass
class Formula:
    """A DAX expression of the model, and whose it is. `home` is the table it stands in, `measure` its name if it is one."""

    node: Node
    what: str
    home: str
    tree: dax.Term | None

    def line(self, term: dax.Term) -> int:
        return dax.line_of(self.node.expression or "", self.node.expression_line, term.position)


class SemanticModel:
    """All TMDL files of one model. Reading never fails: what is wrong is in `problems`."""

    def __init__(self, folder: pathlib.Path):
        self.folder = folder
        self.problems: list[Problem] = []
        roots: list[Node] = []
        for file in sorted((folder / "definition").rglob("*.tmdl")):
            parser = Parser(file)
            roots += parser.parse()
            self.problems += parser.problems
        self.roots = roots
        self.tables = {node.name: node for node in roots if node.kind == "table"}
        self.roles = [node for node in roots if node.kind == "role"]
        self.expressions = [node for node in roots if node.kind == "expression"]
        self.columns = {
            (table.name, column.name): column for table in self.tables.values() for column in table.of_kind("column")}
        self.measures = {
            measure.name: (table, measure) for table in self.tables.values() for measure in table.of_kind("measure")}
        self.check_names()
        self.check_columns()
        self.relationships = self.read_relationships()
        self.formulas = self.read_formulas()

    def complain(self, node: Node, rule: str, message: str, line: int = 0) -> None:
        self.problems.append(Problem(node.file, line or node.line, rule, message))

    def nodes(self):
        """Every object of the model, with the object it stands in."""
        waiting = collections.deque((None, root) for root in self.roots)
        while waiting:
            parent, node = waiting.popleft()
            yield parent, node
            waiting.extend((node, child) for child in node.children)

    def check_names(self) -> None:
        """Names are unique among their kind, whatever the case; lineage tags are unique in the model."""
        seen: dict[tuple, Node] = {}
        tags: dict[str, Node] = {}
        for parent, node in self.nodes():
            if node.kind in ("ref", "annotation", "database"):
                continue
            # Measures share one space of names in the whole model, and with the columns of their own table.
            keys = [(id(parent), "column" if node.kind == "measure" else node.kind, node.name.casefold())]
            if node.kind == "measure":
                keys.append(("measure", node.name.casefold()))
            for key in keys:
                if key in seen:
                    self.complain(node, "name-twice", f"{node.kind} {node.name} is there already, in line {seen[key].line} of {seen[key].file.name}")
                seen.setdefault(key, node)
            tag = node.value("lineageTag")
            if tag and not LINEAGE_TAG.fullmatch(tag):
                self.complain(node, "lineage-tag", f"{tag!r} is no GUID in lower case", node.line_of("lineageTag"))
            if tag in tags:
                other = tags[tag]
                self.complain(
                    node, "lineage-tag", f"{node.kind} {node.name} has the lineage tag of {other.kind} {other.name}",
                    node.line_of("lineageTag"))
            elif tag:
                tags[tag] = node
            elif node.kind in ("table", "column", "measure", "hierarchy", "level"):
                self.complain(node, "lineage-tag", f"{node.kind} {node.name} has no lineage tag")
        self.check_references()

    def check_references(self) -> None:
        referred = {(node.value("to"), node.name): node for node in self.roots if node.kind == "ref"}
        for (kind, name), node in referred.items():
            if kind == "table" and name not in self.tables:
                self.complain(node, "unknown-table", f"the model refers to the table {name}, which no file defines")
            if kind == "role" and name not in {role.name for role in self.roles}:
                self.complain(node, "unknown-role", f"the model refers to the role {name}, which no file defines")
        for table in self.tables.values():
            if ("table", table.name) not in referred:
                self.complain(table, "no-ref", f"model.tmdl has no `ref table {table.name}`")

    def check_columns(self) -> None:
        for (table, name), column in self.columns.items():
            kind = column.value("dataType")
            if kind not in DATA_TYPES:
                self.complain(column, "data-type", f"{table}[{name}] has the type {kind or '(none)'}", column.line_of("dataType"))
            if not column.value("sourceColumn") and column.expression is None:
                self.complain(column, "source-column", f"{table}[{name}] has no sourceColumn")
            by = column.value("sortByColumn")
            if by and (table, parse_name(by)[0]) not in self.columns:
                self.complain(
                    column, "unknown-column", f"{table}[{name}] is sorted by {by}, which is no column of {table}",
                    column.line_of("sortByColumn"))
        for table in self.tables.values():
            if not table.of_kind("partition"):
                self.complain(table, "no-partition", f"{table.name} has no partition: it would stay empty")
            for hierarchy in table.of_kind("hierarchy"):
                for level in hierarchy.of_kind("level"):
                    name = parse_name(level.value("column"))[0]
                    if (table.name, name) not in self.columns:
                        self.complain(
                            level, "unknown-column",
                            f"level {level.name} of {hierarchy.name} is {name or '(none)'}, which is no column of {table.name}",
                            level.line_of("column"))

    def read_relationships(self) -> list[Relationship]:
        found = []
        for node in self.roots:
            if node.kind != "relationship":
                continue
            ends = []
            for end in ("fromColumn", "toColumn"):
                reference = split_reference(node.value(end))
                if reference is None or reference not in self.columns:
                    near = sorted(name for table, name in self.columns if reference and table == reference[0])
                    hint = f"; {reference[0]} has {', '.join(near)}" if near else ""
                    self.complain(
                        node, "unknown-column", f"the relationship's {end} {node.value(end) or '(none)'} does not exist{hint}",
                        node.line_of(end))
                else:
                    ends.append(reference)
            if len(ends) == 2:
                found.append(Relationship(node, *ends))
        return found

    def read_formulas(self) -> list[Formula]:
        """Every DAX expression, parsed."""
        holders = [(measure, f"measure {name}", table.name) for name, (table, measure) in self.measures.items()]
        holders += [
            (column, f"column {table}[{name}]", table)
            for (table, name), column in self.columns.items() if column.expression is not None]
        for role in self.roles:
            for permission in role.of_kind("tablePermission"):
                if permission.name not in self.tables:
                    self.complain(permission, "unknown-table", f"role {role.name} filters {permission.name}, which is no table")
                holders.append((permission, f"role {role.name}, table {permission.name}", permission.name))
        return [Formula(node, what, home, self.read_formula(node, what)) for node, what, home in holders]

    def read_formula(self, node: Node, what: str) -> dax.Term | None:
        text = node.expression or ""
        try:
            return dax.Parser(text).parse()
        except dax.DaxError as error:
            line = dax.line_of(text, node.expression_line or node.line, error.position)
            self.complain(node, "dax-syntax", f"{what}: {error}", line)
            return None
