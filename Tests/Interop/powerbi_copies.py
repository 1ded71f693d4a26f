"""Copies of the Power BI project with a fault planted in each, for the tests of check-powerbi."""
import json
import pathlib
import shutil
import sys

from pipeline import ROOT

sys.path.insert(0, str(ROOT / "scripts"))

from powerbi.json_files import Schemas  # noqa: E402
from powerbi.powerbi_command import check_project, find_schemas  # noqa: E402

PROJECT = ROOT / "compose" / "powerbi"
MODEL = "Ecom.SemanticModel/definition"
REPORT = "Ecom.Report/definition"


class Copy:
    """A copy of the project that may be changed."""

    def __init__(self, folder: pathlib.Path, manifest: dict):
        self.folder = folder / "powerbi"
        self.manifest = manifest
        shutil.copytree(PROJECT, self.folder)

    def replace(self, file: str, old: str, new: str, count: int = 1) -> None:
        """Changes a text that stands in a file; fails where it does not, for then the test would plant nothing."""
        path = self.folder / file
        text = path.read_text()
        assert old in text, f"{file} has no {old!r}"
        path.write_text(text.replace(old, new, count))

    def edit_json(self, file: str, change) -> None:
        path = self.folder / file
        content = json.loads(path.read_text())
        change(content)
        path.write_text(json.dumps(content, indent=2) + "\n")

    def problems(self, schemas: Schemas | None = None) -> list[str]:
        found, _ = check_project(self.folder, self.manifest, schemas)
        return [problem.text(self.folder) for problem in found]


def schemas_are_here() -> bool:
    return find_schemas() is not None
