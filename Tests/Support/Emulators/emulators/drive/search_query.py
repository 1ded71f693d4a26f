"""The `q` language of files.list and drives.list.

    query       := conjunction ("or" conjunction)*
    conjunction := negation ("and" negation)*
    negation    := "not" negation | "(" query ")" | term
    term        := field operator value | 'text' "in" collection | sharedWithMe
    value       := 'text' | true | false | { key='text' and value='text' }

In texts \\' is an apostrophe and \\\\ a backslash.
"""

import re
from dataclasses import dataclass

from ..kit.moving_clock import parse_rfc3339
from . import drive_errors

MOST_CHARACTERS = 50_000
DEEPEST_NESTING = 60
ORDER = {"<", "<=", "=", "!=", ">", ">="}
EQUAL = {"=", "!="}
TEXT, TIME, BOOLEAN, COLLECTION, PROPERTIES, NUMBER = "text", "time", "boolean", "collection", "properties", "number"
FILE_TERMS = {
    "name": (TEXT, EQUAL | {"contains"}),
    "fullText": (TEXT, {"contains"}),
    "mimeType": (TEXT, EQUAL | {"contains"}),
    "modifiedTime": (TIME, ORDER),
    "createdTime": (TIME, ORDER),
    "viewedByMeTime": (TIME, ORDER),
    "trashed": (BOOLEAN, EQUAL),
    "starred": (BOOLEAN, EQUAL),
    "sharedWithMe": (BOOLEAN, EQUAL),
    "parents": (COLLECTION, {"in"}),
    "owners": (COLLECTION, {"in"}),
    "writers": (COLLECTION, {"in"}),
    "readers": (COLLECTION, {"in"}),
    "properties": (PROPERTIES, {"has"}),
    "appProperties": (PROPERTIES, {"has"}),
    "visibility": (TEXT, EQUAL),
    "shortcutDetails.targetId": (TEXT, EQUAL),
}
DRIVE_TERMS = {
    "name": (TEXT, EQUAL | {"contains"}),
    "createdTime": (TIME, ORDER),
    "hidden": (BOOLEAN, EQUAL),
    "memberCount": (NUMBER, ORDER),
}
VISIBILITIES = ("anyoneCanFind", "anyoneWithLink", "domainCanFind", "domainWithLink", "limited")

TOKEN = re.compile(r"""\s*(?:
    (?P<text>'(?:[^'\\]|\\.)*') | (?P<operator><=|>=|!=|=|<|>) | (?P<mark>[(){}]) | (?P<word>[A-Za-z][A-Za-z.]*) | (?P<number>\d+)
)""", re.VERBOSE | re.DOTALL)


@dataclass(frozen=True)
class Term:
    """One comparison; the value is a text, a boolean, seconds or (key, value)."""

    field: str
    operator: str
    value: object


@dataclass(frozen=True)
class Not:
    query: object


@dataclass(frozen=True)
class And:
    queries: tuple


@dataclass(frozen=True)
class Or:
    queries: tuple


def parsed(text, terms=FILE_TERMS):
    """The query as a tree, or None when it is blank. DriveError (400, location q) when it is not in the language."""
    if not (text or "").strip():
        return None
    if len(text) > MOST_CHARACTERS:
        raise drive_errors.invalid_value("q")
    parser = Parser(tokens(text), terms)
    query = parser.disjunction(0)
    if parser.peek() != (None, None):
        raise drive_errors.invalid_value("q")
    return query


def tokens(text):
    found, position = [], 0
    text = text.rstrip()
    while position < len(text):
        match = TOKEN.match(text, position)
        if not match:
            raise drive_errors.invalid_value("q")
        kind = match.lastgroup
        value = match.group(kind)
        found.append((kind, re.sub(r"\\(.)", r"\1", value[1:-1], flags=re.DOTALL) if kind == "text" else value))
        position = match.end()
    return found


class Parser:
    def __init__(self, found, terms):
        self._tokens = found
        self._terms = terms
        self._next = 0

    def peek(self):
        return self._tokens[self._next] if self._next < len(self._tokens) else (None, None)

    def take(self, kind=None, value=None):
        token = self.peek()
        if (kind and token[0] != kind) or (value and token[1] != value) or token[0] is None:
            raise drive_errors.invalid_value("q")
        self._next += 1
        return token[1]

    def skip(self, kind, value):
        if self.peek()[0] == kind and (self.peek()[1] or "").lower() == value:
            self._next += 1
            return True
        return False

    def disjunction(self, depth):
        queries = [self.conjunction(depth)]
        while self.skip("word", "or"):
            queries.append(self.conjunction(depth))
        return queries[0] if len(queries) == 1 else Or(tuple(queries))

    def conjunction(self, depth):
        queries = [self.negation(depth)]
        while self.skip("word", "and"):
            queries.append(self.negation(depth))
        return queries[0] if len(queries) == 1 else And(tuple(queries))

    def negation(self, depth):
        if depth > DEEPEST_NESTING:
            raise drive_errors.invalid_value("q")
        if self.skip("word", "not"):
            return Not(self.negation(depth + 1))
        if self.skip("mark", "("):
            query = self.disjunction(depth + 1)
            self.take("mark", ")")
            return query
        return self.term()

    def term(self):
        kind, text = self.peek()
        if kind == "text":
            self.take()
            self.take("word", "in")
            field = self.take("word")
            self._type_of(field, "in")
            return Term(field, "in", text)
        field = self.take("word")
        if field == "sharedWithMe" and self.peek()[0] != "operator" and field in self._terms:
            return Term(field, "=", True)
        operator = self.take()
        value = self._value(self._type_of(field, operator))
        if field == "visibility" and value not in VISIBILITIES:
            raise drive_errors.invalid_value("q")
        return Term(field, operator, value)

    def _type_of(self, field, operator):
        kind, operators = self._terms.get(field, (None, ()))
        if operator not in operators:
            raise drive_errors.invalid_value("q")
        return kind

    def _value(self, kind):
        if kind == BOOLEAN:
            word = self.take("word").lower()
            if word not in ("true", "false"):
                raise drive_errors.invalid_value("q")
            return word == "true"
        if kind == PROPERTIES:
            return self._property()
        if kind == NUMBER:
            return int(self.take("number"))
        text = self.take("text")
        if kind == TIME:
            try:
                return parse_rfc3339(text)
            except ValueError:
                raise drive_errors.invalid_value("q") from None
        return text

    def _property(self):
        self.take("mark", "{")
        self.take("word", "key")
        self.take("operator", "=")
        key = self.take("text")
        self.take("word", "and")
        self.take("word", "value")
        self.take("operator", "=")
        value = self.take("text")
        self.take("mark", "}")
        return key, value


def every_term(query):
    """All terms of the tree."""
    if isinstance(query, Term):
        yield query
    elif isinstance(query, Not):
        yield from every_term(query.query)
    elif query is not None:
        for each in query.queries:
            yield from every_term(each)


def certain_parents(query):
    """The parents of which every match must be a child: terms at the top, joined by `and`."""
    if isinstance(query, Term) and query.field == "parents":
        return [query.value]
    if isinstance(query, And):
        return [parent for each in query.queries for parent in certain_parents(each)]
    return []


def alternative_parents(query):
    """The parents that stand below an `or`: the way of asking that Drive answers incompletely at times."""
    alternatives = [each for each in walk(query) if isinstance(each, Or)]
    return [term.value for each in alternatives for term in every_term(each) if term.field == "parents"]


def walk(query):
    if query is not None:
        yield query
        for each in query.queries if isinstance(query, (And, Or)) else [query.query] if isinstance(query, Not) else []:
            yield from walk(each)
