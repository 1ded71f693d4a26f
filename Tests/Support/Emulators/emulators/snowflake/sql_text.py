"""Reads just enough of SQL's text: splits a request into statements, and statements of our own into tokens."""

import re
from dataclasses import dataclass

from .snowflake_errors import compilation

# What may hold a semicolon that ends nothing.
OPAQUE = re.compile(r"""'(?:[^'\\]|''|\\.)*'|"(?:[^"]|"")*"|\$\$.*?\$\$|--[^\n]*|//[^\n]*|/\*.*?\*/""", re.DOTALL)
TOKEN = re.compile(
    r"""\s*(?:(?P<string>'(?:[^'\\]|''|\\.)*')|(?P<stage>@(?:"(?:[^"]|"")*"|[^\s()"';,=])+)|(?P<quoted>"(?:[^"]|"")*")"""
    r"""|(?P<number>\d+%?)|(?P<word>[A-Za-z_][\w$]*)|(?P<sign>[^\s\w'"@]))""", re.DOTALL)
ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "0": "\0", "b": "\b", "f": "\f"}


def split_statements(text):
    """The statements of a request, as they were written."""
    found, start, position = [], 0, 0
    while position < len(text):
        opaque = OPAQUE.match(text, position)
        if opaque:
            position = opaque.end()
        elif text[position] == ";":
            found.append(text[start:position])
            position += 1
            start = position
        else:
            position += 1
    found.append(text[start:])
    return [each.strip() for each in found if OPAQUE.sub(lambda match: match[0] if match[0][0] in "'\"$" else "", each).strip()]


def unquoted(literal):
    """The value of a string literal: doubled quotes and backslash escapes."""
    return re.sub(r"''|\\(.)", lambda match: "'" if match[0] == "''" else ESCAPES.get(match[1], match[1]), literal[1:-1], flags=re.DOTALL)


def quoted(value):
    """A string literal of Snowflake's, or NULL."""
    if value is None:
        return "NULL"
    if isinstance(value, int):
        return str(value)
    return "'" + str(value).replace("\\", "\\\\").replace("'", "''") + "'"


def identifier(text):
    """The stored name behind an identifier."""
    return text[1:-1].replace('""', '"') if text.startswith('"') else text.upper()


def name_parts(text):
    """The stored names of a dotted name, such as DB.S."T.x"."""
    parts = re.findall(r'"(?:[^"]|"")*"|[^."]+', text)
    return [identifier(part) for part in parts]


@dataclass
class Token:
    kind: str
    text: str

    @property
    def word(self):
        """Upper-case word, or empty for anything else."""
        return self.text.upper() if self.kind == "word" else ""


class Tokens:
    """The tokens of one statement, taken from the left."""

    def __init__(self, text):
        self.items, position = [], 0
        text = OPAQUE.sub(lambda match: match[0] if match[0][0] in "'\"$" else " ", text).strip()
        while position < len(text):
            match = TOKEN.match(text, position)
            if not match:
                if not text[position:].strip():
                    break
                raise compilation(f"syntax error at position {position} unexpected '{text[position:position + 20]}'.")
            self.items.append(Token(match.lastgroup, match[match.lastgroup]))
            position = match.end()
        self.place = 0

    def peek(self, ahead=0):
        index = self.place + ahead
        return self.items[index] if index < len(self.items) else Token("end", "")

    def take(self):
        token = self.peek()
        self.place += 1
        return token

    def words(self, *wanted):
        """Whether these words come next; if so they are taken."""
        if all(self.peek(number).word == word for number, word in enumerate(wanted)):
            self.place += len(wanted)
            return True
        return False

    def sign(self, wanted):
        if self.peek().text == wanted:
            self.place += 1
            return True
        return False

    def expect(self, *wanted):
        if not self.words(*wanted):
            raise compilation(f"syntax error unexpected '{self.peek().text}', expected {' '.join(wanted)}.")

    def name(self):
        """A dotted name, as written."""
        text = self.take().text
        while self.sign("."):
            text += "." + self.take().text
        return text

    def options(self):
        """All that follows as KEY = VALUE: {"KEY": str | [..] | {..}}."""
        found = {}
        while self.peek().kind == "word":
            key = self.take().word
            if not self.sign("="):
                raise compilation(f"syntax error unexpected '{self.peek().text}' after {key}.")
            found[key] = self._value()
            self.sign(",")
        if self.peek().kind != "end":
            raise compilation(f"syntax error unexpected '{self.peek().text}'.")
        return found

    def _value(self):
        if not self.sign("("):
            token = self.take()
            return unquoted(token.text) if token.kind == "string" else token.word or token.text
        if self.peek().kind == "word" and self.peek(1).text == "=":
            pairs = {}
            while not self.sign(")"):
                key = self.take().word
                if not self.sign("="):
                    raise compilation(f"syntax error unexpected '{self.peek().text}' after {key}.")
                pairs[key] = self._value()
                self.sign(",")
            return pairs
        values = []
        while not self.sign(")"):
            if self.peek().kind == "end":
                raise compilation("syntax error: a list does not end.")
            values.append(self._value())
            self.sign(",")
        return values
