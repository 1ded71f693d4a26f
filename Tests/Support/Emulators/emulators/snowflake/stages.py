"""Stages and file formats: made, described, listed and dropped here, since DuckDB has none."""

import json
import os
import threading

from . import sql_text
from .snowflake_errors import SQLError, compilation, missing_object

LEGAL_SCHEMES = ("azure://", "s3://", "gcs://")
FORMAT_DEFAULTS = {
    "TYPE": "CSV", "COMPRESSION": "AUTO", "BINARY_AS_TEXT": "TRUE", "USE_LOGICAL_TYPE": "FALSE", "USE_VECTORIZED_SCANNER": "FALSE",
    "TRIM_SPACE": "FALSE", "REPLACE_INVALID_CHARACTERS": "FALSE", "NULL_IF": "[]"}


class Stages:
    def __init__(self, root, files):
        self._path = os.path.join(root, "stages.json")
        self._files = files
        self._lock = threading.RLock()
        self._objects = {"STAGE": {}, "FILE FORMAT": {}}
        if os.path.exists(self._path):
            with open(self._path, encoding="utf-8") as file:
                self._objects = json.load(file)

    def full_name(self, text, connection):
        parts = sql_text.name_parts(text)
        full = ([connection.database, connection.schema][:max(0, 3 - len(parts))] + parts)[-3:]
        if None in full or len(full) != 3:
            raise compilation(f"Cannot resolve {text}: no current database or schema.", 90105, "22000")
        return ".".join(full)

    def create(self, connection, tokens, kind, replaces):
        """CREATE STAGE or CREATE FILE FORMAT, behind the kind."""
        keeps = tokens.words("IF", "NOT", "EXISTS")
        name = self.full_name(tokens.name(), connection)
        options = tokens.options()
        if kind == "STAGE":
            url = options.get("URL", "")
            if url and not url.startswith(LEGAL_SCHEMES):
                raise compilation(f"invalid URL prefix found in: '{url}'", 1011, "42601")
            if url and ".dfs." in url:
                raise SQLError(394001, "22023", f"invalid Azure location {url}: the blob endpoint is needed")
        with self._lock:
            if name in self._objects[kind] and not replaces:
                if not keeps:
                    raise compilation(f"Object '{name}' already exists.", 2002, "42710")
                return f"{name.split('.')[-1]} already exists, statement succeeded."
            self._objects[kind][name] = options
            self._save()
        what = "Stage area" if kind == "STAGE" else "File format"
        return f"{what} {name.split('.')[-1]} successfully created."

    def drop(self, connection, tokens, kind):
        missing_is_fine = tokens.words("IF", "EXISTS")
        name = self.full_name(tokens.name(), connection)
        with self._lock:
            if self._objects[kind].pop(name, None) is None and not missing_is_fine:
                raise missing_object(kind.capitalize(), name)
            self._save()
        return f"{name.split('.')[-1]} successfully dropped."

    def describe(self, connection, tokens, kind):
        """DESC STAGE: (parent_property, property, property_type, property_value, property_default) rows."""
        options = self.options(kind, self.full_name(tokens.name(), connection))
        rows = []
        if kind == "STAGE":
            url = options.get("URL")
            rows.append(("STAGE_LOCATION", "URL", "String", json.dumps([url]) if url else "", ""))
            rows.append(("STAGE_INTEGRATION", "STORAGE_INTEGRATION", "String", options.get("STORAGE_INTEGRATION", ""), ""))
        given = self.file_format(connection, options.get("FILE_FORMAT", {})) if kind == "STAGE" else {**FORMAT_DEFAULTS, **options}
        rows += [("STAGE_FILE_FORMAT" if kind == "STAGE" else "", key, "String", str(value), FORMAT_DEFAULTS.get(key, ""))
                 for key, value in given.items()]
        return rows

    def options(self, kind, name):
        with self._lock:
            if name not in self._objects[kind]:
                raise missing_object(kind.capitalize(), name)
            return self._objects[kind][name]

    def file_format(self, connection, given):
        """The settings of FILE_FORMAT = (...): a named one's, or those that stand there."""
        if "FORMAT_NAME" in given:
            return {**FORMAT_DEFAULTS, **self.options("FILE FORMAT", self.full_name(given["FORMAT_NAME"], connection))}
        return {**FORMAT_DEFAULTS, **given}

    def location(self, connection, text):
        """(address that file names are appended to, stage options) of @stage/path, or of an address."""
        if not text.startswith("@"):
            if not text.startswith(LEGAL_SCHEMES):
                raise compilation(f"invalid URL prefix found in: '{text}'", 1011, "42601")
            return text, {}
        name, _, path = split_stage(text[1:])
        options = self.options("STAGE", self.full_name(name, connection))
        url = options.get("URL", "")
        if not self._files.knows(url):
            raise SQLError(91003, "22000", f"Failure using stage area. Cause: [no container at {url}]")
        # Nothing is put between the stage's address and the path: one that lacks its slash takes siblings as well.
        return url + path, options

    def list(self, connection, tokens):
        """LIST @stage/path: (name, size, md5, last_modified)."""
        token = tokens.take()
        url, _ = self.location(connection, sql_text.unquoted(token.text) if token.kind == "string" else token.text)
        return [(each.url, each.size, each.md5(), each.modified_text()) for each in self._files.below(url)]

    def _save(self):
        with open(self._path + ".partial", "w", encoding="utf-8") as file:
            json.dump(self._objects, file)
        os.replace(self._path + ".partial", self._path)


def split_stage(text):
    """Name and path of a stage location without its @."""
    quoted = False
    for place, character in enumerate(text):
        if character == '"':
            quoted = not quoted
        if character == "/" and not quoted:
            return text[:place], "/", text[place + 1:]
    return text, "", ""
