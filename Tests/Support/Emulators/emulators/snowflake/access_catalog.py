"""Who may do what, as statements have said: grants on tables, masking policies and tags of columns. Kept and told, never enforced."""

import re
import threading

from . import sql_text
from .snowflake_errors import SQLError, compilation, missing_object

NAME = r'(?:"(?:[^"]|"")*"|[\w$]+)(?:\.(?:"(?:[^"]|"")*"|[\w$]+))*'
POLICY = re.compile(rf"CREATE\s+(?P<replaces>OR\s+REPLACE\s+)?MASKING\s+POLICY\s+(?P<keeps>IF\s+NOT\s+EXISTS\s+)?(?P<name>{NAME})\s+AS\s*"
                    r"\(\s*\w+\s+(?P<type>[\w(), ]+?)\s*\)\s*RETURNS\s+(?P<returned>[\w(), ]+?)\s*->\s*(?P<body>.+)", re.IGNORECASE | re.DOTALL)
TAG = re.compile(rf"CREATE\s+(?P<replaces>OR\s+REPLACE\s+)?TAG\s+(?P<keeps>IF\s+NOT\s+EXISTS\s+)?(?P<name>{NAME})"
                 r"(?:\s+ALLOWED_VALUES\s+(?P<values>'[^']*'(?:\s*,\s*'[^']*')*))?(?:\s+COMMENT\b.*)?", re.IGNORECASE | re.DOTALL)
COLUMN = re.compile(rf"ALTER\s+TABLE\s+(?P<table>{NAME})\s+(?:ALTER|MODIFY)\s+COLUMN\s+(?P<column>{NAME})\s+(?:"
                    rf"SET\s+MASKING\s+POLICY\s+(?P<policy>{NAME})(?P<force>\s+FORCE)?|(?P<unset>UNSET\s+MASKING\s+POLICY)"
                    rf"|SET\s+TAG\s+(?P<tag>{NAME})\s*=\s*(?P<value>'(?:[^']|'')*'))", re.IGNORECASE)
GRANT = re.compile(rf"GRANT\s+(?P<privileges>[A-Z, ]+?)\s+ON\s+TABLE\s+(?P<table>{NAME})\s+TO\s+ROLE\s+(?P<role>{NAME})", re.IGNORECASE)
ANY_GRANT = re.compile(rf"GRANT\s.+\sTO\s+ROLE\s+(?P<role>{NAME})\s*", re.IGNORECASE | re.DOTALL)
REFERENCES = re.compile(r"TABLE\(\S+?\.POLICY_REFERENCES\(\s*REF_ENTITY_NAME => (?P<name>'(?:[^']|'')*'),\s*REF_ENTITY_DOMAIN => 'TABLE'\)\)", re.IGNORECASE)
TAGS = re.compile(r"TABLE\(\S+?\.TAG_REFERENCES_ALL_COLUMNS\((?P<name>'(?:[^']|'')*'),\s*'TABLE'\)\)", re.IGNORECASE)
SHOW = re.compile(rf"SHOW\s+GRANTS\s+ON\s+TABLE\s+(?P<table>{NAME})\s*", re.IGNORECASE)


class AccessCatalog:
    def __init__(self, settings):
        self._settings = settings
        self._lock = threading.Lock()
        self._policies, self._tags = {}, {}
        # By table and column; privileges by table and role.
        self._masked, self._tagged, self._granted = {}, {}, {}

    def note(self, text):
        """Takes over what a statement changes; what is not about access, or not in these words, is passed over."""
        with self._lock:
            for pattern, take in ((POLICY, self._policy), (TAG, self._tag), (COLUMN, self._column), (GRANT, self._grant), (ANY_GRANT, self._role)):
                if match := pattern.fullmatch(text.strip()):
                    return take(match)

    def select(self, text):
        """The SELECT that answers a question about access, or None."""
        if match := SHOW.fullmatch(text.strip()):
            table = stored(match["table"])
            rows = [(privilege, "TABLE", table, "ROLE", role) for (held, role), privileges in sorted(self._granted.items()) if held == table
                    for privilege in sorted(privileges)]
            return f"select * from {values(('privilege', 'granted_on', 'name', 'granted_to', 'grantee_name'), rows)}"
        if match := REFERENCES.search(text):
            table = stored(sql_text.unquoted(match["name"]))
            rows = [(name.split(".")[-1], "MASKING_POLICY", column) for (held, column), name in sorted(self._masked.items()) if held == table]
            return text.replace(match[0], values(("policy_name", "policy_kind", "ref_column_name"), rows))
        if match := TAGS.search(text):
            table = stored(sql_text.unquoted(match["name"]))
            rows = [(*name.split(".")[-2:], value, column) for (held, column, name), value in sorted(self._tagged.items()) if held == table]
            return text.replace(match[0], values(("tag_schema", "tag_name", "tag_value", "column_name"), rows))
        return None

    def _need_edition(self, what):
        if self._settings.edition == "STANDARD":
            raise SQLError(2, "0A000", f"Unsupported feature '{what}'.")

    def _policy(self, match):
        self._need_edition("MASKING POLICY")
        if match["type"].upper() != match["returned"].upper():
            raise compilation("The type that a masking policy takes and the one that it returns differ.")
        self._create(self._policies, match, match["body"])

    def _tag(self, match):
        self._need_edition("TAG")
        self._create(self._tags, match, re.findall(r"'([^']*)'", match["values"] or "") or None)

    def _create(self, place, match, value):
        name = stored(match["name"])
        if name in place and not match["replaces"]:
            if match["keeps"]:
                return
            raise compilation(f"Object '{name}' already exists.", 2002, "42710")
        place[name] = value

    def _column(self, match):
        key = stored(match["table"]), sql_text.identifier(match["column"])
        if match["unset"]:
            self._masked.pop(key, None)
        elif match["policy"]:
            name = stored(match["policy"])
            if name not in self._policies:
                raise missing_object("Masking policy", name)
            if self._masked.get(key) not in (None, name) and not match["force"]:
                raise compilation(f"Specified column already attached to another masking policy {self._masked[key]}.", 3001, "23001")
            self._masked[key] = name
        else:
            name, value = stored(match["tag"]), sql_text.unquoted(match["value"])
            if name not in self._tags:
                raise missing_object("Tag", name)
            if self._tags[name] is not None and value not in self._tags[name]:
                raise compilation(f"Tag value '{value}' is not one of the allowed values.")
            self._tagged[*key, name] = value

    def _grant(self, match):
        self._role(match)
        key = stored(match["table"]), sql_text.identifier(match["role"])
        self._granted.setdefault(key, set()).update(re.split(r"\s*,\s*", match["privileges"].upper()))

    def _role(self, match):
        role = sql_text.identifier(match["role"])
        if self._settings.roles and role not in self._settings.roles.split(","):
            raise missing_object("Role", role)


def stored(text):
    return ".".join(sql_text.name_parts(text))


def values(names, rows):
    """A table in DuckDB's words."""
    columns = ", ".join(names)
    if not rows:
        return f"(select {', '.join(f'null::varchar as {name}' for name in names)} where false) t({columns})"
    told = ", ".join("(" + ", ".join("'" + value.replace("'", "''") + "'" for value in row) + ")" for row in rows)
    return f"(values {told}) t({columns})"
