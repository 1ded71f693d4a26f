"""Statements that the emulator answers by itself: what fakesnow does not know, or knows otherwise than Snowflake.

Each answers with a SELECT in DuckDB's words, whose rows are the statement's result.
"""

import re

from . import copy_statement, sql_text
from .access_catalog import AccessCatalog
from .copy_statement import duck_quoted
from .snowflake_errors import missing_object
from .sql_text import Tokens

SKIPPED = re.compile(r"(?:\s+|--[^\n]*(?:\n|$)|//[^\n]*(?:\n|$)|/\*.*?\*/)*", re.DOTALL)
# Accepted and noted: the emulator has no roles, policies or accounts of its own.
NOTED = re.compile(
    r"(GRANT|REVOKE|ALTER\s+SESSION|ALTER\s+USER|ALTER\s+WAREHOUSE|USE\s+(ROLE|WAREHOUSE|SECONDARY)|COMMENT\s+(IF\s+EXISTS\s+)?ON"
    r"|CREATE\s+(OR\s+REPLACE\s+)?(ROLE|MASKING\s+POLICY|TAG|WAREHOUSE|RESOURCE\s+MONITOR|STORAGE\s+INTEGRATION|NETWORK\s+POLICY|USER)"
    r"|ALTER\s+(TABLE|VIEW)\s+\S+\s+(ALTER|MODIFY)\s+COLUMN\s+\S+\s+(SET|UNSET)\s+(MASKING\s+POLICY|TAG)"
    r"|ALTER\s+(TABLE|VIEW)\s+\S+\s+ALTER\s+\S+\s+COMMENT"
    r"|ALTER\s+(TABLE|VIEW)\s+\S+\s+(SET|UNSET)\s+TAG|ALTER\s+RESOURCE\s+MONITOR)\b", re.IGNORECASE)

DROP_DATABASE = re.compile(r"DROP\s+DATABASE\s+(IF\s+EXISTS\s+)?(\S+?)(\s+(CASCADE|RESTRICT))?\s*$", re.IGNORECASE)
OBJECT = re.compile(r"(CREATE\s+(OR\s+REPLACE\s+)?(TEMPORARY\s+)?|DROP\s+|DESC(RIBE)?\s+)(STAGE|FILE\s+FORMAT)\b", re.IGNORECASE)


def stripped(text):
    """The statement without comments and space before it."""
    return text[SKIPPED.match(text).end():]


def first_words(text, count=3):
    return [word.upper() for word in re.findall(r"[A-Za-z_]+", stripped(text)[:200])[:count]]


class OwnStatements:
    def __init__(self, stages, files, clock, settings, noted):
        # What a user's keys are; the service says.
        self.fingerprints = lambda user: []
        # Removes a database of that name; false when there is none.
        self.drop_database = lambda name: False
        self.access = AccessCatalog(settings)
        self._stages, self._files, self._clock, self._settings, self._noted = stages, files, clock, settings, noted

    def answer(self, connection, duck, text, inside):
        """The SELECT of a statement of ours, None for all others; `inside` a transaction or not."""
        text = stripped(text)
        if NOTED.match(text):
            self.access.note(text)
            self._noted.append(text)
            return status("Statement executed successfully.")
        if select := self.access.select(text):
            return select
        words = first_words(text)
        if words[:2] == ["COPY", "INTO"]:
            tokens = Tokens(text)
            tokens.expect("COPY", "INTO")
            copy = copy_statement.parsed(tokens)
            if self._settings.copy_on_error:
                copy.options["ON_ERROR"] = self._settings.copy_on_error
            return copy_statement.result_select(
                copy_statement.CopyRunner(connection, duck, copy, self._stages, self._files, self._clock).run(inside))
        if OBJECT.match(text):
            return self._object(connection, Tokens(text))
        if words[:2] in (["DESC", "USER"], ["DESCRIBE", "USER"]):
            tokens = Tokens(text)
            tokens.place = 2
            keys = self.fingerprints(sql_text.identifier(tokens.name()))
            names = ("RSA_PUBLIC_KEY_FP", "RSA_PUBLIC_KEY_2_FP")
            return table(("property", "value", "default", "description"), [(name, key, None, "") for name, key in zip(names, keys)])
        if words[:3] == ["SHOW", "GRANTS", "TO"]:
            return table(("privilege", "granted_on", "name"), [("OWNERSHIP", "DATABASE", "ECOM"), ("USAGE", "WAREHOUSE", self._settings.warehouse)])
        if words[:2] == ["SHOW", "WAREHOUSES"]:
            given = self._settings
            return table(("name", "state", "type", "size", "auto_suspend"),
                         [(given.warehouse, "STARTED", "STANDARD", given.warehouse_size, str(given.auto_suspend))])
        if match := DROP_DATABASE.match(text):
            name = sql_text.identifier(match[2])
            if not self.drop_database(name) and not match[1]:
                raise missing_object("Database", name)
            return status(f"{name} successfully dropped.")
        if words and words[0] in ("LIST", "LS"):
            tokens = Tokens(text)
            tokens.take()
            return table(("name", "size", "md5", "last_modified"), self._stages.list(connection, tokens))
        return None

    def _object(self, connection, tokens):
        verb = tokens.take().word
        replaces = verb == "CREATE" and tokens.words("OR", "REPLACE")
        if verb == "CREATE":
            tokens.words("TEMPORARY")
        kind = "STAGE" if tokens.words("STAGE") else "FILE FORMAT"
        if kind == "FILE FORMAT":
            tokens.expect("FILE", "FORMAT")
        if verb == "CREATE":
            return status(self._stages.create(connection, tokens, kind, replaces))
        if verb == "DROP":
            return status(self._stages.drop(connection, tokens, kind))
        names = ("parent_property", "property", "property_type", "property_value", "property_default")
        return table(names, self._stages.describe(connection, tokens, kind))


def status(message):
    return f"select {duck_quoted(message)} as \"status\""


def table(names, rows):
    columns = ", ".join(f'"{name}"' for name in names)
    if not rows:
        empty = ", ".join(f'null::varchar as "{name}"' for name in names)
        return f"select {empty} where false"
    values = ", ".join(f"({', '.join(map(duck_quoted, row))})" for row in rows)
    return f"select * from (values {values}) t({columns})"
