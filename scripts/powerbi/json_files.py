"""The JSON files of a project: against Microsoft's schemas where they are at hand, and always by what this project relies on.

Microsoft publishes the schemas without a licence to pass them on, so they are not in this repository. SLUICE_POWERBI_SCHEMAS
names a folder that mirrors the part of the published address after json-schemas/ (default ../shared/powerbi-schemas).
"""
import json
import pathlib

from jsonschema import Draft7Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT7

from .problems import Problem

BASE = "https://developer.microsoft.com/json-schemas/"
MAXIMUM_MESSAGE = 200
# For each kind of file: the schema's place without its version, the properties it must have and the others it may have.
# A missing or misspelt one makes Power BI Desktop refuse the project.
SHAPES = {
    ".pbip": ("fabric/pbip/pbipProperties/", {"version", "artifacts"}, {"settings"}),
    ".platform": ("fabric/gitIntegration/platformProperties/", {"metadata", "config"}, set()),
    ".pbism": ("fabric/item/semanticModel/definitionProperties/", {"version"}, {"settings"}),
    ".pbir": ("fabric/item/report/definitionProperties/", {"version", "datasetReference"}, set()),
    "version.json": ("fabric/item/report/definition/versionMetadata/", {"version"}, set()),
    "report.json": (
        "fabric/item/report/definition/report/", {"themeCollection"},
        {"settings", "filterConfig", "objects", "resourcePackages", "annotations", "publicCustomVisuals", "slowDataSourceSettings"}),
    "pages.json": ("fabric/item/report/definition/pagesMetadata/", set(), {"pageOrder", "activePageName"}),
    "page.json": (
        "fabric/item/report/definition/page/", {"name", "displayName", "displayOption"},
        {"height", "width", "filterConfig", "pageBinding", "objects", "type", "visibility", "visualInteractions", "annotations"}),
    "visual.json": (
        "fabric/item/report/definition/visualContainer/", {"name", "position"},
        {"visual", "visualGroup", "parentGroupName", "filterConfig", "isHidden", "annotations", "howCreated"}),
}


def json_files(project: pathlib.Path) -> list[pathlib.Path]:
    """Every JSON file of the project, by its kind's name; Desktop's own local files left out."""
    return sorted(
        path for path in project.rglob("*")
        if path.is_file() and ".pbi" not in path.parts and (path.name in SHAPES or path.suffix in SHAPES or path.suffix == ".json"))


def read_json(path: pathlib.Path, problems: list[Problem]) -> dict:
    """The object in a file; an empty one, and a problem, where it is none."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        problems.append(Problem(path, getattr(error, "lineno", 0), "json", str(error)))
        return {}
    if not isinstance(content, dict):
        problems.append(Problem(path, 1, "json", "this is no object"))
        return {}
    return content


def check_shape(path: pathlib.Path, content: dict, problems: list[Problem]) -> None:
    """The file names its schema, has what it must have and nothing that is unknown."""
    shape = SHAPES.get(path.name) or SHAPES.get(path.suffix)
    if shape is None:
        problems.append(Problem(path, 0, "json-file", "a file of no known kind"))
        return
    place, required, optional = shape
    named = content.get("$schema", "")
    if not isinstance(named, str) or not named.startswith(BASE + place):
        problems.append(Problem(path, 0, "json-schema", f"$schema is {named or '(none)'}; it begins with {BASE}{place}"))
    for name in sorted(required - content.keys()):
        problems.append(Problem(path, 0, "json-shape", f"{name} is missing"))
    for name in sorted(content.keys() - required - optional - {"$schema"}):
        problems.append(Problem(path, 0, "json-shape", f"{name} is unknown here"))


class Schemas:
    """Microsoft's schemas in a folder, by the address that a file names."""

    def __init__(self, folder: pathlib.Path):
        self.folder = folder
        self.registry = Registry(retrieve=self.retrieve)

    def retrieve(self, address: str) -> Resource:
        path = self.folder / address.partition("#")[0].removeprefix(BASE)
        return Resource.from_contents(json.loads(path.read_text(encoding="utf-8")), default_specification=DRAFT7)

    def check(self, path: pathlib.Path, content: dict, problems: list[Problem]) -> None:
        address = content.get("$schema")
        if not isinstance(address, str) or not address.startswith(BASE):
            return
        try:
            schema = self.retrieve(address).contents
        except OSError:
            problems.append(Problem(path, 0, "json-schema", f"the schema {address} is not in {self.folder}"))
            return
        for error in Draft7Validator(schema, registry=self.registry).iter_errors(content):
            where = "/".join(map(str, error.absolute_path)) or "(whole file)"
            problems.append(Problem(path, 0, "json-schema", f"{where}: {error.message[:MAXIMUM_MESSAGE]}"))


def check_json(project: pathlib.Path, schemas: Schemas | None, problems: list[Problem]) -> int:
    """Checks every JSON file; gives how many there are."""
    files = json_files(project)
    for path in files:
        content = read_json(path, problems)
        if content:
            check_shape(path, content, problems)
            if schemas is not None:
                schemas.check(path, content, problems)
    return len(files)
