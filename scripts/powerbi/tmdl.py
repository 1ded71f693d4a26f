"""Reads TMDL, the text form of a semantic model: a tree by indentation, one TAB per level.

    /// description                     belongs to the object below
    table Name                          an object: a kind, then a name ('quoted' where it has other than letters, digits, _)
        column 'Other name'             a child, one level deeper
            dataType: int64             a property
            isHidden                    a property that is true
        measure Name = SUM(T[C])        an object with an expression
        measure Name =
                SUM(T[C])               the same over several lines: at least one level deeper than the properties
    ref table Name                      a reference, which gives the order
"""
import dataclasses
import pathlib
import re

from .problems import Problem

COMMON = {"description", "lineageTag", "sourceLineageTag"}
# What may stand below each kind of object. A line that is neither is a mistake, most often one of indentation.
PROPERTIES = {
    "database": {"compatibilityLevel", "compatibilityMode", "language"},
    "model": {
        "culture", "defaultPowerBIDataSourceVersion", "discourageImplicitMeasures", "sourceQueryCulture", "collation",
        "defaultMode", "discourageCompositeModels", "dataAccessOptions", "legacyRedirects", "returnErrorValuesAsNull",
    },
    "table": {"isHidden", "isPrivate", "dataCategory", "excludeFromModelRefresh", "showAsVariationsOnly"},
    "column": {
        "dataType", "isHidden", "isKey", "isNullable", "isUnique", "isNameInferred", "isDataTypeInferred", "isDefaultLabel",
        "formatString", "dataCategory", "summarizeBy", "sourceColumn", "sortByColumn", "displayFolder", "isAvailableInMdx",
        "encodingHint", "keepUniqueRows",
    },
    "measure": {"formatString", "displayFolder", "isHidden", "isSimpleMeasure", "dataType"},
    "hierarchy": {"isHidden", "displayFolder", "hideMembers"},
    "level": {"column", "ordinal"},
    "partition": {"mode", "source", "queryGroup", "dataView", "expressionSource"},
    "relationship": {
        "fromColumn", "toColumn", "isActive", "crossFilteringBehavior", "fromCardinality", "toCardinality",
        "joinOnDateBehavior", "relyOnReferentialIntegrity", "securityFilteringBehavior",
    },
    "role": {"modelPermission"},
    "tablePermission": {"metadataPermission"},
    "expression": {"queryGroup", "mode"},
    "annotation": set(),
    "member": set(),
    "ref": set(),
}
CHILDREN = {
    None: {"database", "model", "table", "relationship", "role", "expression", "ref"},
    "model": {"annotation"},
    "table": {"column", "measure", "hierarchy", "partition", "annotation"},
    "column": {"annotation"},
    "measure": {"annotation"},
    "hierarchy": {"level", "annotation"},
    "level": {"annotation"},
    "partition": {"annotation"},
    "relationship": {"annotation"},
    "role": {"tablePermission", "member", "annotation"},
    "tablePermission": {"annotation"},
    "expression": {"annotation"},
}
WITH_EXPRESSION = {"measure", "partition", "tablePermission", "expression", "annotation", "column"}
NAME = re.compile(r"'((?:[^']|'')*)'|([^\s'=:]+)")
PROPERTY = re.compile(r"([A-Za-z]\w*)\s*(?:(:)\s*(.*)|(=)\s*(.*))?$")


@dataclasses.dataclass
class Node:
    """An object of the model. `properties` maps a name to (value, line); a property without a value is "true"."""

    kind: str
    name: str
    file: pathlib.Path
    line: int
    depth: int
    expression: str | None = None
    expression_line: int = 0
    description: str = ""
    properties: dict[str, tuple[str, int]] = dataclasses.field(default_factory=dict)
    children: list["Node"] = dataclasses.field(default_factory=list)

    def value(self, name: str, default: str = "") -> str:
        return self.properties[name][0] if name in self.properties else default

    def is_true(self, name: str) -> bool:
        return self.value(name) == "true"

    def line_of(self, name: str) -> int:
        return self.properties[name][1] if name in self.properties else self.line

    def of_kind(self, kind: str) -> list["Node"]:
        return [child for child in self.children if child.kind == kind]

    def annotation(self, name: str) -> "Node | None":
        return next((child for child in self.of_kind("annotation") if child.name == name), None)


def parse_name(text: str) -> tuple[str, str]:
    """The name that `text` begins with, and the rest; an empty name where there is none."""
    found = NAME.match(text)
    if not found:
        return "", text
    name = found[1].replace("''", "'") if found[1] is not None else found[2]
    return name, text[found.end():].strip()


def split_reference(text: str) -> tuple[str, str] | None:
    """Table and column of a reference such as 'Order item'.'Date key'."""
    table, rest = (parse_name(text) if text.startswith("'") else (text.partition(".")[0], text[len(text.partition(".")[0]):]))
    if not table or not rest.startswith("."):
        return None
    column, rest = parse_name(rest[1:])
    return (table, column) if column and not rest else None


class Parser:
    """Reads one file. What is wrong goes to `problems`; what can still be understood is read on."""

    def __init__(self, file: pathlib.Path):
        self.file = file
        self.lines = file.read_text(encoding="utf-8").split("\n")
        self.problems: list[Problem] = []
        self.roots: list[Node] = []
        self.stack: list[Node] = []
        self.description: list[str] = []

    def complain(self, number: int, message: str, rule: str = "tmdl") -> None:
        self.problems.append(Problem(self.file, number, rule, message))

    def parse(self) -> list[Node]:
        number = 0
        while number < len(self.lines):
            line = self.lines[number].rstrip()
            number += 1
            if not line:
                continue
            body = line.lstrip("\t")
            depth = len(line) - len(body)
            if body.startswith(" "):
                self.complain(number, "indented with spaces; TMDL wants one TAB per level", "tmdl-indent")
                body = body.strip()
            if body.startswith("///"):
                self.description.append(body[3:].strip())
                continue
            if depth > len(self.stack):
                self.complain(number, f"indented by {depth} levels where {len(self.stack)} is the most", "tmdl-indent")
                continue
            del self.stack[depth:]
            number = self.statement(body, depth, number)
        if self.description:
            self.complain(len(self.lines), "a description without an object below it")
        return self.roots

    def statement(self, body: str, depth: int, number: int) -> int:
        """Reads what begins on the line before `number`; gives the index of the first line after it."""
        parent = self.stack[-1] if self.stack else None
        kind = body.split(None, 1)[0].partition("=")[0].partition(":")[0]
        allowed = CHILDREN.get(parent.kind if parent else None, set())
        if kind in allowed and (kind != "description") and not re.match(r"\w+\s*:", body):
            return self.object(kind, body[len(kind):].strip(), parent, depth, number)
        return self.property(body, parent, depth, number)

    def object(self, kind: str, rest: str, parent: Node | None, depth: int, number: int) -> int:
        target = ""
        if kind == "ref":
            target, _, rest = rest.partition(" ")
        name, rest = parse_name(rest.strip())
        if not name and kind != "database":
            self.complain(number, f"a {kind} without a name")
        node = Node(kind, name, self.file, number, depth, description=" ".join(self.description))
        self.description = []
        if target:
            node.properties["to"] = (target, number)
        (parent.children if parent else self.roots).append(node)
        self.stack.append(node)
        if not rest:
            return number
        if not rest.startswith("=") or kind not in WITH_EXPRESSION:
            self.complain(number, f"unexpected {rest!r} after the name of the {kind}; a name with blanks stands in quotes")
            return number
        return self.expression(node, rest[1:].strip(), depth + 2, number, node.name)

    def expression(self, node: Node, first: str, depth: int, number: int, name: str) -> int:
        """The expression of `node`: the rest of the line, or the lines below that are indented by `depth` or more."""
        if first:
            node.expression, node.expression_line = first, number
            return number
        begin, lines = number + 1, []
        while number < len(self.lines):
            line = self.lines[number].rstrip()
            if line and not line.startswith("\t" * depth):
                break
            lines.append(line[depth:])
            number += 1
        while lines and not lines[-1]:
            lines.pop()
        if not lines:
            self.complain(begin - 1, f"the expression of {name} is empty, or not indented by {depth} levels", "tmdl-indent")
        node.expression, node.expression_line = "\n".join(lines), begin
        return number

    def property(self, body: str, parent: Node | None, depth: int, number: int) -> int:
        if self.description:
            self.complain(number, "a description belongs above an object, not above a property")
            self.description = []
        found = PROPERTY.match(body)
        if parent is None or not found:
            where = f"below {parent.kind} {parent.name}" if parent else "at the top"
            self.complain(number, f"{body.split()[0]!r} is nothing that stands {where}; is it indented rightly?", "tmdl-indent")
            return number
        name = found[1]
        if name not in PROPERTIES.get(parent.kind, set()) | COMMON:
            self.complain(
                number, f"{name!r} is no property of a {parent.kind} ({parent.name}); is it indented rightly?", "tmdl-indent")
            return number
        if name in parent.properties:
            self.complain(number, f"{name} of {parent.kind} {parent.name} is given twice")
        if found[4]:
            holder = Node("property", name, self.file, number, depth)
            number = self.expression(holder, found[5], depth + 1, number, name)
            parent.expression, parent.expression_line = holder.expression, holder.expression_line
            parent.properties[name] = ("", holder.line)
            return number
        parent.properties[name] = (found[3].strip() if found[2] else "true", number)
        return number
