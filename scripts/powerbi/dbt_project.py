"""What dbt says of the marts: asked from dbt itself, which compiles without a warehouse."""
import dataclasses
import json
import os
import pathlib
import subprocess
import tempfile

COMPILE_LIMIT_SECONDS = 300
# The metric models whose SQL is computed beside the measures.
METRIC_MODELS = ("mart_kpis", "mart_kpis_monthly")


class DbtError(Exception):
    """dbt could not compile the project: its own words."""


@dataclasses.dataclass
class Mart:
    """One model of the marts: its columns with type and description, the columns tested unique, and its SQL if compiled."""

    name: str
    description: str
    columns: dict[str, tuple[str, str]]
    unique: set[str]
    sql: str | None
    file: str


def compile_manifest(project: pathlib.Path, python: pathlib.Path) -> dict:
    """Runs `dbt compile` against an empty database and gives the manifest. Raises DbtError."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            **os.environ, "WAREHOUSE_FILE": f"{folder}/empty.duckdb", "DBT_TARGET_PATH": f"{folder}/target",
            "DBT_LOG_PATH": f"{folder}/logs", "DBT_SEND_ANONYMOUS_USAGE_STATS": "false", "DBT_VERSION_CHECK": "false"}
        command = [
            str(python.parent / "dbt"), "--no-use-colors", "--quiet", "compile", "--select", *METRIC_MODELS,
            "--project-dir", str(project), "--profiles-dir", str(project), "--target", "local"]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=COMPILE_LIMIT_SECONDS)
        manifest = pathlib.Path(folder) / "target" / "manifest.json"
        if done.returncode != 0 or not manifest.exists():
            raise DbtError((done.stdout + done.stderr).strip() or f"dbt ended with {done.returncode}")
        return json.loads(manifest.read_text())


def read_marts(manifest: dict) -> dict[str, Mart]:
    """The models of the marts by name."""
    marts = {}
    for node in manifest["nodes"].values():
        if node["resource_type"] == "model" and "marts" in node["fqn"]:
            columns = {
                name: (column.get("data_type") or "", " ".join((column.get("description") or "").split()))
                for name, column in node["columns"].items()}
            marts[node["name"]] = Mart(
                node["name"], " ".join((node.get("description") or "").split()), columns, set(), node.get("compiled_code"),
                (node.get("patch_path") or node["original_file_path"]).partition("://")[2] or node["original_file_path"])
    for node in manifest["nodes"].values():
        if node["resource_type"] == "test" and (node.get("test_metadata") or {}).get("name") == "unique":
            model = (node.get("attached_node") or "").rpartition(".")[2]
            if model in marts:
                marts[model].unique.add(node.get("column_name") or "")
    return marts


def read_exposed(manifest: dict, exposure: str) -> set[str]:
    """The names of the models that an exposure depends on."""
    return {
        unique.rpartition(".")[2] for node in manifest["exposures"].values() if node["name"] == exposure
        for unique in node["depends_on"]["nodes"]}
