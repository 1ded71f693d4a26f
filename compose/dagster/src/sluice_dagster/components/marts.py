"""The dbt project's models and tests as assets and checks, built by scripts/marts."""
import graphlib
import json
import pathlib
from collections.abc import Iterator

import dagster as dg
import dagster_dbt

from sluice_dagster import places
from sluice_dagster.components.datasets import POOL
from sluice_dagster.step import StepConfig, run_step

PASSED = {"pass": True, "success": True, "fail": False, "error": False, "warn": False}


class Marts(dg.Component, dg.Model, dg.Resolvable):
    """The models of compose/dbt, from staging to marts, downstream of the landing tables."""

    def build_defs(self, context: dg.ComponentLoadContext) -> dg.Definitions:
        manifest = places.dbt_manifest()
        if not manifest.exists():
            raise FileNotFoundError(f"{manifest} is not there: scripts/dbt-manifest makes it")
        return dg.Definitions(assets=[_marts(manifest)])


class Translator(dagster_dbt.DagsterDbtTranslator):
    """Groups by folder: staging, intermediate, marts."""

    def get_group_name(self, dbt_resource_props) -> str | None:
        return dbt_resource_props["fqn"][1] if len(dbt_resource_props.get("fqn", [])) > 1 else None


def _marts(path: pathlib.Path) -> dg.AssetsDefinition:
    manifest = json.loads(path.read_text())
    translator = Translator(dagster_dbt.DagsterDbtTranslatorSettings(enable_asset_checks=True))

    @dagster_dbt.dbt_assets(manifest=manifest, dagster_dbt_translator=translator, name="marts", pool=POOL)
    def marts(context: dg.AssetExecutionContext, config: StepConfig) -> Iterator:
        yield from run_step(
            context, "marts", assets={}, config=config, results_of=lambda folder: _results(context, manifest, translator, folder))

    return marts


def _results(context: dg.AssetExecutionContext, manifest: dict, translator: Translator, folder: pathlib.Path) -> Iterator:
    """What dbt did, from its run_results.json. Nothing when nothing was due."""
    file = folder / "run_results.json"
    if not file.exists():
        return
    checks = {check.name: check for check in context.selected_asset_check_keys}
    # Dagster wants what is upstream first; dbt lists its results as it likes.
    order = {name: place for place, name in enumerate(graphlib.TopologicalSorter(manifest["parent_map"]).static_order())}
    results = json.loads(file.read_text())["results"]
    for result in sorted(results, key=lambda result: order.get(result["unique_id"], len(order))):
        props = manifest["nodes"].get(result["unique_id"]) or manifest.get("unit_tests", {}).get(result["unique_id"]) or {}
        if result["unique_id"].startswith("model."):
            key = translator.get_asset_key(props)
            if result["status"] == "success" and key in context.selected_asset_keys:
                yield dg.MaterializeResult(key, metadata={"seconds": round(float(result["execution_time"]), 3)})
        elif props.get("name") in checks and result["status"] in PASSED:
            key = checks[props["name"]]
            yield dg.AssetCheckResult(
                passed=PASSED[result["status"]], asset_key=key.asset_key, check_name=key.name,
                severity=dg.AssetCheckSeverity.WARN if result["status"] == "warn" else dg.AssetCheckSeverity.ERROR,
                metadata={"failures": result.get("failures") or 0, "message": result.get("message") or ""})
