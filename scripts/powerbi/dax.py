"""Reads DAX into a tree: enough of the grammar to find every mistake of brackets and every name an expression uses."""
import dataclasses
import re

TOKENS = re.compile(
    r"(?P<space>\s+)|(?P<comment>--[^\n]*|//[^\n]*|/\*.*?\*/)|(?P<text>\"(?:[^\"]|\"\")*\")|(?P<table>'(?:[^']|'')*')"
    r"|(?P<column>\[(?:[^\]]|\]\])*\])|(?P<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|(?P<name>[A-Za-z_][\w.]*)"
    r"|(?P<sign><>|<=|>=|==|&&|\|\||[-+*/^&=<>(){},;])", re.S)
# From the weakest to the strongest.
LEVELS = [{"||"}, {"&&"}, {"=", "==", "<>", "<", ">", "<=", ">=", "IN"}, {"&"}, {"+", "-"}, {"*", "/"}, {"^"}]
# Deeper nesting than this is no measure that a person reads.
MAXIMUM_DEPTH = 100
# Functions and how many arguments they take. One that is missing here is reported: add it when it is right.
FUNCTIONS = {
    "ABS": (1, 1), "ALL": (0, None), "ALLEXCEPT": (2, None), "ALLSELECTED": (0, None), "AVERAGE": (1, 1), "AVERAGEX": (2, 2),
    "BLANK": (0, 0), "CALCULATE": (1, None), "CALCULATETABLE": (1, None), "COALESCE": (2, None), "COUNT": (1, 1),
    "COUNTA": (1, 1), "COUNTBLANK": (1, 1), "COUNTROWS": (0, 1), "COUNTX": (2, 2), "CROSSFILTER": (3, 3), "DATE": (3, 3),
    "DATEADD": (3, 3), "DATEDIFF": (3, 3), "DATESINPERIOD": (4, 4), "DATESMTD": (1, 1), "DATESQTD": (1, 1),
    "DATESYTD": (1, 2), "DISTINCT": (1, 1), "DISTINCTCOUNT": (1, 1), "DISTINCTCOUNTNOBLANK": (1, 1), "DIVIDE": (2, 3),
    "EOMONTH": (2, 2), "EXCEPT": (2, 2), "FALSE": (0, 0), "FILTER": (2, 2), "FIRSTDATE": (1, 1), "FORMAT": (2, 3),
    "HASONEVALUE": (1, 1), "IF": (2, 3), "IFERROR": (2, 2), "INT": (1, 1), "INTERSECT": (2, 2), "ISBLANK": (1, 1),
    "ISINSCOPE": (1, 1), "KEEPFILTERS": (1, 1), "LASTDATE": (1, 1), "LOOKUPVALUE": (3, None), "MAX": (1, 2), "MAXX": (2, 2),
    "MEDIAN": (1, 1), "MIN": (1, 2), "MINX": (2, 2), "MONTH": (1, 1), "NOT": (1, 1), "PARALLELPERIOD": (3, 3),
    "PREVIOUSMONTH": (1, 1), "PREVIOUSYEAR": (1, 2), "RANKX": (2, 5), "RELATED": (1, 1), "RELATEDTABLE": (1, 1),
    "REMOVEFILTERS": (0, None), "ROUND": (2, 2), "ROW": (2, None), "SAMEPERIODLASTYEAR": (1, 1), "SELECTEDVALUE": (1, 2),
    "SELECTCOLUMNS": (3, None), "SUM": (1, 1), "SUMMARIZE": (1, None), "SUMMARIZECOLUMNS": (1, None), "SUMX": (2, 2),
    "SWITCH": (3, None), "TODAY": (0, 0), "TOPN": (2, None), "TOTALMTD": (2, 3), "TOTALQTD": (2, 3), "TOTALYTD": (2, 4),
    "TREATAS": (2, None), "TRUE": (0, 0), "UNION": (2, None), "USERELATIONSHIP": (2, 2), "USERPRINCIPALNAME": (0, 0),
    "VALUES": (1, 1), "YEAR": (1, 1),
}
TIME_INTELLIGENCE = {
    "DATEADD", "DATESINPERIOD", "DATESMTD", "DATESQTD", "DATESYTD", "FIRSTDATE", "LASTDATE", "PARALLELPERIOD",
    "PREVIOUSMONTH", "PREVIOUSYEAR", "SAMEPERIODLASTYEAR", "TOTALMTD", "TOTALQTD", "TOTALYTD",
}


class DaxError(Exception):
    """What is wrong, and at which character of the expression."""

    def __init__(self, message: str, position: int):
        super().__init__(message)
        self.position = position


@dataclasses.dataclass
class Term:
    """A node of the tree. Kinds: number, text, boolean, column (table, name), measure (name), table (name), variable (name),
    call (name), operator (name), constructor, let (names of the variables; the last part is the result)."""

    kind: str
    position: int
    name: str = ""
    table: str = ""
    parts: list["Term"] = dataclasses.field(default_factory=list)
    names: list[str] = dataclasses.field(default_factory=list)

    def walk(self):
        """This node and all below it."""
        yield self
        for part in self.parts:
            yield from part.walk()


def tokens(text: str) -> list[tuple[str, str, int]]:
    """(kind, text, position) of every token but blanks and comments."""
    found, position = [], 0
    while position < len(text):
        match = TOKENS.match(text, position)
        if not match:
            raise DaxError(f"{text[position]!r} begins nothing in DAX, or is not closed", position)
        if match.lastgroup not in ("space", "comment"):
            found.append((match.lastgroup, match[0], position))
        position = match.end()
    return found


class Parser:
    """Reads one expression. Raises DaxError at the first thing that is wrong."""

    def __init__(self, text: str):
        self.tokens = tokens(text)
        self.end = len(text)
        self.at = 0
        self.depth = 0
        self.opened: list[int] = []

    def parse(self) -> Term:
        term = self.whole()
        if self.at < len(self.tokens):
            _, text, position = self.tokens[self.at]
            if text in ")}":
                raise DaxError(f"a {text} that closes nothing", position)
            raise DaxError(f"unexpected {text!r}", position)
        return term

    def peek(self) -> tuple[str, str, int]:
        return self.tokens[self.at] if self.at < len(self.tokens) else ("end", "", self.end)

    def next(self) -> tuple[str, str, int]:
        token = self.peek()
        self.at += 1
        return token

    def whole(self) -> Term:
        """An expression with the variables before it."""
        _, text, position = self.peek()
        if text.upper() != "VAR":
            return self.binary(0)
        names, parts = [], []
        while self.peek()[1].upper() == "VAR":
            self.next()
            kind, name, where = self.next()
            if kind != "name" or self.next()[1] != "=":
                raise DaxError("VAR wants a name and an =", where)
            names.append(name)
            parts.append(self.binary(0))
        _, text, where = self.next()
        if text.upper() != "RETURN":
            raise DaxError("VAR without RETURN", where)
        return Term("let", position, names=names, parts=[*parts, self.binary(0)])

    def binary(self, level: int) -> Term:
        if level == len(LEVELS):
            return self.unary()
        left = self.binary(level + 1)
        while self.peek()[1].upper() in LEVELS[level] and self.peek()[0] in ("sign", "name"):
            _, sign, position = self.next()
            left = Term("operator", position, name=sign.upper(), parts=[left, self.binary(level + 1)])
        return left

    def unary(self) -> Term:
        kind, text, position = self.peek()
        if text in ("-", "+") and kind == "sign":
            self.next()
            return Term("operator", position, name="negative" if text == "-" else "positive", parts=[self.unary()])
        if kind == "name" and text.upper() == "NOT" and (self.at + 1 >= len(self.tokens) or self.tokens[self.at + 1][1] != "("):
            self.next()
            return Term("call", position, name="NOT", parts=[self.unary()])
        return self.primary()

    def primary(self) -> Term:
        kind, text, position = self.next()
        following = self.peek()
        if kind == "number":
            return Term("number", position, name=text)
        if kind == "text":
            return Term("text", position, name=text[1:-1].replace('""', '"'))
        if kind == "column":
            return Term("measure", position, name=text[1:-1].replace("]]", "]"))
        if kind in ("table", "name") and following[0] == "column":
            self.next()
            table = text[1:-1].replace("''", "'") if kind == "table" else text
            return Term("column", position, name=following[1][1:-1].replace("]]", "]"), table=table)
        if kind == "table":
            return Term("table", position, name=text[1:-1].replace("''", "'"))
        if kind == "name" and following[1] == "(":
            self.next()
            return Term("call", position, name=text.upper(), parts=self.list(")", position, text))
        if kind == "name":
            return Term("variable", position, name=text)
        if text == "(":
            parts = self.list(")", position, "(")
            return parts[0] if len(parts) == 1 else Term("constructor", position, parts=parts)
        if text == "{":
            return Term("constructor", position, parts=self.list("}", position, "{"))
        if kind == "end":
            opened = self.opened[-1] if self.opened else self.end
            raise DaxError("it ends too early" + (": a ( is not closed" if self.opened else ""), opened)
        raise DaxError(f"unexpected {text!r}", position)

    def list(self, closing: str, position: int, name: str) -> list[Term]:
        """What stands between brackets, the opening one already read."""
        self.depth += 1
        if self.depth > MAXIMUM_DEPTH:
            raise DaxError(f"nested deeper than MAXIMUM_DEPTH ({MAXIMUM_DEPTH})", position)
        self.opened.append(position)
        parts = []
        if self.peek()[1] != closing:
            parts.append(self.whole())
            while self.peek()[1] == ",":
                self.next()
                parts.append(self.whole())
        _, text, where = self.next()
        if text != closing:
            if not text:
                raise DaxError(f"the bracket opened by {name} is not closed", position)
            raise DaxError(f"unexpected {text!r} where {closing} or a comma is wanted", where)
        self.opened.pop()
        self.depth -= 1
        return parts


def line_of(expression: str, first_line: int, position: int) -> int:
    """The line of the file in which a character of an expression stands."""
    return first_line + expression.count("\n", 0, position)
