"""The `fields` parameter: `a,b(c,d/e),f/g,*`, checked against the known fields of the resource, and applied to it."""

import re

from . import drive_errors

NAME = re.compile(r"[^,()/\s]+")


def parsed(text, known):
    """The mask as nested dictionaries, a leaf (all of it) as None. DriveError for an unknown name or a stray comma."""
    mask = MaskParser(text).selections()
    check(mask, known)
    return mask


class MaskParser:
    def __init__(self, text):
        self._text = text
        self._next = 0

    def selections(self, end=None):
        """`name, path/name, name(selections)`, up to the end of the text or to a closing bracket."""
        chosen = {}
        while True:
            path = [self._name()]
            while self._skip("/"):
                path.append(self._name())
            below = self.selections(")") if self._skip("(") else None
            node = chosen
            for step in path[:-1]:
                node = merged(node, step, {})
            merged(node, path[-1], below)
            if self._at_end():
                if end is None:
                    return chosen
                raise self._refused()
            if end is not None and self._skip(end):
                return chosen
            if not self._skip(","):
                raise self._refused()

    def _at_end(self):
        while self._text[self._next:self._next + 1].isspace():
            self._next += 1
        return self._next == len(self._text)

    def _skip(self, character):
        if self._at_end() or self._text[self._next] != character:
            return False
        self._next += 1
        return True

    def _name(self):
        match = None if self._at_end() else NAME.match(self._text, self._next)
        if match is None:
            raise self._refused()
        self._next = match.end()
        return match.group()

    def _refused(self):
        return drive_errors.invalid_fields(self._text)


def merged(node, name, below):
    """Adds a selection; everything wins over a part. Returns the node below."""
    if name in node and node[name] is None:
        return {}
    if below is None:
        node[name] = None
        return {}
    node.setdefault(name, {})
    for key, value in below.items():
        merged(node[name], key, value)
    return node[name]


def check(mask, known):
    """`known` maps names to what is below them: a dictionary, None for a scalar, or ... for anything."""
    for name, below in mask.items():
        if name == "*":
            continue
        if name not in known or (below and known[name] is None):
            raise drive_errors.invalid_fields(name)
        if below and isinstance(known[name], dict):
            check(below, known[name])


def applied(mask, value):
    """What the mask leaves of a resource."""
    if mask is None:
        return value
    if isinstance(value, list):
        return [applied(mask, each) for each in value]
    if not isinstance(value, dict):
        return value
    if "*" in mask and mask["*"] is None:
        return value
    return {name: applied(mask.get(name, mask.get("*")), each) for name, each in value.items() if name in mask or "*" in mask}


def names(mask, *path):
    """The names that the mask selects below a path, or None for all."""
    for step in path:
        if mask is None or "*" in mask:
            return None
        if step not in mask:
            return set()
        mask = mask[step]
    return None if mask is None or "*" in mask else set(mask)
