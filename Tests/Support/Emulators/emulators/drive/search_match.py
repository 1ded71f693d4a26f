"""Whether a file or a shared drive is what a query asks for."""

import operator
import re
import string

from . import drive_access
from .search_query import And, Not, Or, Term

COMPARE = {"<": operator.lt, "<=": operator.le, "=": operator.eq, "!=": operator.ne, ">": operator.gt, ">=": operator.ge}
# `name =` folds ASCII letters only.
ASCII_LOWER = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)
WORD_START = re.compile(r"(?<!\w)(?=\w)|(?<=_)(?=[^\W_])")


def matches(query, test):
    """Evaluates the tree; `test` decides single terms."""
    if query is None:
        return True
    if isinstance(query, Term):
        return test(query)
    if isinstance(query, Not):
        return not matches(query.query, test)
    if isinstance(query, And):
        return all(matches(each, test) for each in query.queries)
    assert isinstance(query, Or)
    return any(matches(each, test) for each in query.queries)


def name_contains(name, text):
    """`contains` on names matches prefixes of words, not what stands inside a word."""
    name, text = name.casefold(), text.casefold()
    return any(name.startswith(text, match.start()) for match in WORD_START.finditer(name)) or (not text) or name.startswith(text)


def file_test(tree, principal, item, keys):
    """The test for one file."""
    def test(term):
        field, sign, value = term.field, term.operator, term.value
        if field == "parents":
            parent = tree.resolve(value, principal)
            return item.parent_id is not None and item.parent_id == parent and drive_access.parent_shown(tree, item, principal, keys)
        if field == "trashed":
            return COMPARE[sign](tree.is_trashed(item), value)
        if field in ("name", "fullText"):
            if sign == "contains":
                return name_contains(item.name, value)
            return COMPARE[sign](item.name.translate(ASCII_LOWER), value.translate(ASCII_LOWER))
        if field == "mimeType":
            return value in item.mime_type if sign == "contains" else COMPARE[sign](item.mime_type, value)
        if field in ("modifiedTime", "createdTime"):
            return COMPARE[sign](item.modified if field == "modifiedTime" else item.created, value)
        if field == "viewedByMeTime":
            return False
        if field == "starred":
            return COMPARE[sign](item.starred, value)
        if field == "sharedWithMe":
            return COMPARE[sign](drive_access.shared_with(tree, item, principal), value)
        if field in ("owners", "writers", "readers"):
            return drive_access.named_as(tree, item, principal if value == "me" else value, field)
        if field in ("properties", "appProperties"):
            held = item.properties if field == "properties" else item.app_properties
            return held.get(value[0]) == value[1]
        if field == "visibility":
            return COMPARE[sign]("anyoneWithLink" if item.link_role else "limited", value)
        return COMPARE[sign](item.target_id, value)
    return test


def drive_test(drive, principal):
    """The test for one shared drive."""
    def test(term):
        field, sign, value = term.field, term.operator, term.value
        if field == "name":
            if sign == "contains":
                return name_contains(drive.name, value)
            return COMPARE[sign](drive.name.translate(ASCII_LOWER), value.translate(ASCII_LOWER))
        if field == "createdTime":
            return COMPARE[sign](drive.created, value)
        if field == "hidden":
            return COMPARE[sign](principal in drive.hidden_by, value)
        return COMPARE[sign](len(drive.members), value)
    return test
