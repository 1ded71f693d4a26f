"""The options of check-powerbi and the order of its work."""
import argparse
import json
import os
import pathlib
import sys

from . import dax_names, dbt_agreement, json_files, practices, relationships
from .dbt_project import DbtError, compile_manifest, read_exposed, read_marts
from .metrics import check_metrics
from .problems import Problem
from .report_pages import Report
from .semantic_model import SemanticModel

ROOT = pathlib.Path(__file__).resolve().parents[2]
CLEAN, USAGE, BAD_DATA, NO_INPUT, CONFIGURATION = 0, 64, 65, 66, 78

EPILOG = """\
Prints one line per problem: FILE:LINE: RULE: what is wrong. Exit status: 0 clean, 65 problems, 66 no project,
78 dbt could not compile, or (with CI=true) Microsoft's schemas are missing.

Microsoft's schemas are used where SLUICE_POWERBI_SCHEMAS names a folder of them (default ../shared/powerbi-schemas);
without them the JSON files are checked by their shape alone, and a message says so.

examples:
  scripts/check-powerbi                                  the project in compose/powerbi against compose/dbt
  scripts/check-powerbi --project DIR --manifest FILE    another project, against a manifest that dbt has compiled
"""


def check_project(project: pathlib.Path, manifest: dict, schemas: json_files.Schemas | None) -> tuple[list[Problem], str]:
    """All problems of a project, sorted, and a line that says what was looked at."""
    problems: list[Problem] = []
    file_count = json_files.check_json(project, schemas, problems)
    [model_folder] = sorted(project.glob("*.SemanticModel"))
    model = SemanticModel(model_folder)
    dax_names.check_formulas(model)
    dax_names.check_circles(model)
    relationships.check_relationships(model)
    practices.check_practices(model)
    marts = read_marts(manifest)
    dbt_agreement.check_against_dbt(model, marts, read_exposed(manifest, dbt_agreement.EXPOSURE))
    metric_count = check_metrics(model, marts)
    reports = [Report(folder, model) for folder in sorted(project.glob("*.Report"))]
    for report in reports:
        report.check()
    found = {*problems, *model.problems, *(problem for report in reports for problem in report.problems)}
    summary = (
        f"{len(model.tables)} tables, {len(model.columns)} columns, {len(model.relationships)} relationships, "
        f"{len(model.measures)} measures ({metric_count} computed beside dbt's), "
        f"{sum(report.visual_count for report in reports)} visuals, {file_count} JSON files"
        + (" against Microsoft's schemas" if schemas else " by shape alone"))
    return sorted(found), summary


def find_schemas() -> json_files.Schemas | None:
    folder = pathlib.Path(os.environ.get("SLUICE_POWERBI_SCHEMAS") or ROOT.parent / "shared" / "powerbi-schemas")
    return json_files.Schemas(folder) if (folder / "fabric").is_dir() else None


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="check-powerbi", description="Check the Power BI project offline: files, model, DAX, report, and that they agree with dbt.",
        epilog=EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--project", type=pathlib.Path, default=ROOT / "compose" / "powerbi", help="the folder with the .pbip file")
    parser.add_argument("--manifest", type=pathlib.Path, help="a manifest.json that dbt has compiled (default: compile it now)")
    parser.add_argument("--dbt-project", type=pathlib.Path, default=ROOT / "compose" / "dbt")
    try:
        options = parser.parse_args(arguments)
    except SystemExit as ended:
        return USAGE if ended.code else CLEAN
    project = options.project.resolve()
    if len(list(project.glob("*.SemanticModel"))) != 1:
        print(f"check-powerbi: {options.project} holds no project with one semantic model", file=sys.stderr)
        return NO_INPUT
    schemas = find_schemas()
    if schemas is None:
        print("check-powerbi: Microsoft's schemas are not here (SLUICE_POWERBI_SCHEMAS): JSON files are checked by shape alone", file=sys.stderr)
        if os.environ.get("CI") == "true":
            return CONFIGURATION
    try:
        manifest = json.loads(options.manifest.read_text()) if options.manifest else compile_manifest(
            options.dbt_project.resolve(), pathlib.Path(sys.executable))
    except OSError as error:
        print(f"check-powerbi: {error}", file=sys.stderr)
        return NO_INPUT
    except DbtError as error:
        print(f"check-powerbi: dbt could not compile: {error}", file=sys.stderr)
        return CONFIGURATION
    problems, summary = check_project(project, manifest, schemas)
    for problem in problems:
        print(problem.text(ROOT))
    print(f"check-powerbi: {summary}: {f'{len(problems)} problems' if problems else 'clean'}", file=sys.stderr)
    return BAD_DATA if problems else CLEAN
