"""The order of all changes: what changes.list reads."""

from dataclasses import dataclass

FILE, DRIVE = "file", "drive"


@dataclass(frozen=True)
class Entry:
    """One change. `seen_by` are those who had access before or have it after; `drive_ids` where it was and is."""

    number: int
    kind: str
    id: str
    time: float
    seen_by: frozenset
    drive_ids: frozenset


class ChangeJournal:
    def __init__(self):
        self.entries = []

    @property
    def head(self):
        """The number that the next change gets."""
        return len(self.entries) + 1

    def record(self, kind, item_id, time, seen_by, drive_ids):
        self.entries.append(Entry(self.head, kind, item_id, time, frozenset(seen_by), frozenset(drive_ids)))

    def since(self, number):
        return self.entries[number - 1:]
