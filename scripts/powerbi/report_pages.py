"""The report: its pages and visuals are where they say, lie on the page, and show only fields that the model has."""
import pathlib

from .json_files import read_json
from .problems import Problem
from .semantic_model import SemanticModel

# The fields a visual takes, by role: those it must have and those it may have.
ROLES = {
    "card": ({"Values"}, set()),
    "multiRowCard": ({"Values"}, set()),
    "slicer": ({"Values"}, set()),
    "tableEx": ({"Values"}, set()),
    "pivotTable": ({"Values"}, {"Rows", "Columns"}),
    "lineChart": ({"Category", "Y"}, {"Series", "Y2"}),
    "areaChart": ({"Category", "Y"}, {"Series", "Y2"}),
    "clusteredColumnChart": ({"Category", "Y"}, {"Series"}),
    "clusteredBarChart": ({"Category", "Y"}, {"Series"}),
    "columnChart": ({"Category", "Y"}, {"Series"}),
    "barChart": ({"Category", "Y"}, {"Series"}),
    "donutChart": ({"Category", "Y"}, {"Series"}),
    "lineClusteredColumnComboChart": ({"Category", "Y"}, {"Series", "Y2"}),
    "scatterChart": ({"X", "Y"}, {"Category", "Size", "Series"}),
    "treemap": ({"Group", "Values"}, {"Details"}),
}
MEASURES_ONLY = {"Y", "Y2", "X", "Size"}


class Report:
    """Reads a report folder and checks it against a model."""

    def __init__(self, folder: pathlib.Path, model: SemanticModel):
        self.folder = folder
        self.model = model
        self.problems: list[Problem] = []
        self.visual_count = 0

    def complain(self, file: pathlib.Path, rule: str, message: str, needle: str = "") -> None:
        """Adds a problem; its line is the first one that holds `needle`."""
        lines = file.read_text(encoding="utf-8").splitlines() if needle and file.is_file() else []
        line = next((number for number, text in enumerate(lines, 1) if needle in text), 0)
        self.problems.append(Problem(file, line, rule, message))

    def check(self) -> None:
        source = self.folder / "definition.pbir"
        content = read_json(source, []) if source.is_file() else {}
        path = ((content.get("datasetReference") or {}).get("byPath") or {}).get("path", "")
        if (self.folder / path).resolve() != self.model.folder.resolve():
            self.complain(source, "dataset", f"datasetReference is {path or '(none)'}, not ../{self.model.folder.name}", "path")
        pages = self.folder / "definition" / "pages"
        order_file = pages / "pages.json"
        order = read_json(order_file, []) if order_file.is_file() else {}
        folders = {path.name for path in pages.iterdir() if path.is_dir()} if pages.is_dir() else set()
        names = order.get("pageOrder") or []
        for name in names:
            if name not in folders:
                self.complain(order_file, "page", f"there is no page {name}", f'"{name}"')
        for name in sorted(folders - set(names)):
            self.complain(order_file, "page", f"the page {name} is not in pageOrder")
        if order.get("activePageName") not in names:
            self.complain(order_file, "page", f"activePageName is {order.get('activePageName')}, which is not in pageOrder", "activePageName")
        for name in sorted(folders):
            self.page(pages / name)

    def page(self, folder: pathlib.Path) -> None:
        file = folder / "page.json"
        if not file.is_file():
            self.complain(folder, "page", "there is no page.json")
            return
        page = read_json(file, [])
        if page.get("name") != folder.name:
            self.complain(file, "page", f"the page in {folder.name} calls itself {page.get('name')}", '"name"')
        self.fields(file, page)
        boxes: list[tuple[str, dict]] = []
        seen: dict[str, pathlib.Path] = {}
        for path in sorted((folder / "visuals").glob("*/visual.json")):
            self.visual_count += 1
            visual = read_json(path, [])
            name = visual.get("name", "")
            if name != path.parent.name or name in seen:
                self.complain(path, "visual", f"the visual in {path.parent.name} calls itself {name or '(nothing)'}", '"name"')
            seen[name] = path
            self.visual(path, visual, page, boxes)

    def visual(self, path: pathlib.Path, visual: dict, page: dict, boxes: list) -> None:
        box = visual.get("position") or {}
        values = [box.get(side, -1) for side in ("x", "y", "width", "height")]
        right, bottom = page.get("width", 0), page.get("height", 0)
        if min(values) < 0 or values[0] + values[2] > right or values[1] + values[3] > bottom:
            self.complain(path, "outside", f"the visual leaves the page of {right} x {bottom}", "position")
        for name, other in boxes:
            if values[0] < other[0] + other[2] and other[0] < values[0] + values[2] \
                    and values[1] < other[1] + other[3] and other[1] < values[1] + values[3]:
                self.complain(path, "overlap", f"the visual lies over {name}", "position")
        boxes.append((path.parent.name, values))
        config = visual.get("visual") or {}
        self.fields(path, visual)
        self.roles(path, config)
        look = config.get("visualContainerObjects") or {}
        if not any("altText" in (entry.get("properties") or {}) for entry in look.get("general") or []):
            self.complain(path, "alt-text", "the visual has no alternative text (visualContainerObjects/general/altText)")

    def roles(self, path: pathlib.Path, config: dict) -> None:
        kind = config.get("visualType", "")
        if kind in ("textbox", "shape", "image"):
            return
        if kind not in ROLES:
            self.complain(path, "visual-type", f"{kind or '(none)'} is no visual that check-powerbi knows (report_pages.ROLES)", "visualType")
            return
        required, optional = ROLES[kind]
        state = (config.get("query") or {}).get("queryState") or {}
        for role in sorted(required - state.keys()):
            self.complain(path, "visual-role", f"a {kind} wants {role}", "queryState")
        for role in sorted(state.keys() - required - optional):
            self.complain(path, "visual-role", f"a {kind} has no {role}", f'"{role}"')
        for role, projections in state.items():
            for projection in projections.get("projections") or []:
                self.projection(path, role, projection)

    def projection(self, path: pathlib.Path, role: str, projection: dict) -> None:
        """The names a projection carries are those of its field; values are measures (implicit sums are discouraged)."""
        field = projection.get("field") or {}
        kind = next(iter(field), "")
        if role in MEASURES_ONLY and kind == "Column":
            self.complain(path, "implicit-measure", f"{projection.get('queryRef')} is a column where a measure is wanted ({role})")
        if kind in ("Column", "Measure"):
            entity = self.entity(field[kind])
            wanted = f"{entity}.{field[kind].get('Property')}"
            if projection.get("queryRef") != wanted:
                self.complain(path, "query-ref", f"queryRef is {projection.get('queryRef')} for {wanted}", "queryRef")

    @staticmethod
    def entity(expression: dict) -> str:
        return (((expression.get("Expression") or {}).get("SourceRef")) or {}).get("Entity", "")

    def fields(self, path: pathlib.Path, content) -> None:
        """Every field anywhere in a file (visuals, sort orders, filters) exists in the model."""
        if isinstance(content, list):
            for part in content:
                self.fields(path, part)
        if not isinstance(content, dict):
            return
        for key, part in content.items():
            if key in ("Column", "Measure", "Hierarchy") and isinstance(part, dict) and "Expression" in part:
                self.field(path, key, part)
            if key == "HierarchyLevel" and isinstance(part, dict):
                self.level(path, part)
            self.fields(path, part)

    def field(self, path: pathlib.Path, kind: str, part: dict) -> None:
        table, name = self.entity(part), part.get("Property") or part.get("Hierarchy") or ""
        if not table:
            return
        if table not in self.model.tables:
            self.complain(path, "unknown-field", f"there is no table {table}", f'"{table}"')
        elif kind == "Measure" and (name not in self.model.measures or self.model.measures[name][0].name != table):
            self.complain(path, "unknown-field", f"{table} has no measure {name}", f'"{name}"')
        elif kind == "Column" and (table, name) not in self.model.columns:
            self.complain(path, "unknown-field", f"{table} has no column {name}", f'"{name}"')
        elif kind == "Hierarchy" and name not in {node.name for node in self.model.tables[table].of_kind("hierarchy")}:
            self.complain(path, "unknown-field", f"{table} has no hierarchy {name}", f'"{name}"')
        elif kind == "Column" and self.model.columns[(table, name)].is_true("isHidden"):
            self.complain(path, "hidden-field", f"{table}[{name}] is hidden and shown", f'"{name}"')

    def level(self, path: pathlib.Path, part: dict) -> None:
        hierarchy = (part.get("Expression") or {}).get("Hierarchy") or {}
        table, name, level = self.entity(hierarchy), hierarchy.get("Hierarchy", ""), part.get("Level", "")
        found = next((node for node in self.model.tables[table].of_kind("hierarchy") if node.name == name), None) \
            if table in self.model.tables else None
        if found is not None and level not in {node.name for node in found.of_kind("level")}:
            self.complain(path, "unknown-field", f"{table}[{name}] has no level {level}", f'"{level}"')
