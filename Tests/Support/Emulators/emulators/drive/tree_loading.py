"""Files to begin with: from a folder on disk, or from a JSON script."""

import json
import os

from ..kit.moving_clock import rfc3339

SHEET_SUFFIX = ".gsheet.xlsx"
SCRIPT_KEYS = {"identities", "settings", "changes"}


def load_folder(changes, folder):
    """Copies a folder's tree into the main folder. `NAME.gsheet.xlsx` becomes a Google Sheet called NAME."""
    ids = {os.path.abspath(folder): changes.main_folder.id}
    for place, folders, files in os.walk(os.path.abspath(folder)):
        folders.sort()
        for name in folders:
            ids[os.path.join(place, name)] = changes.apply([{"op": "folder", "name": name, "parent": ids[place]}])[0]["id"]
        for name in sorted(files):
            path = os.path.join(place, name)
            script = {"op": "file", "name": name, "parent": ids[place], "path": path, "modified_time": rfc3339(os.stat(path).st_mtime)}
            if name.endswith(SHEET_SUFFIX):
                script.update(op="sheet", name=name[:-len(SHEET_SUFFIX)])
            changes.apply([script])


def load_script(path, identities, settings, changes):
    """{"identities": {...}, "settings": {...}, "changes": [...]}, each as its admin route takes it."""
    with open(path, encoding="utf-8") as file:
        script = json.load(file)
    unknown = set(script) - SCRIPT_KEYS
    if unknown:
        raise ValueError(f"a script has no {', '.join(sorted(unknown))}")
    identities.update(script.get("identities", {}))
    settings.update(script.get("settings", {}))
    changes.apply(script.get("changes", []))
