"""One contract, four assets: the workbooks in Drive, their bytes in raw/, the Parquet in processed/, the table in LND."""
import pathlib
from collections.abc import Iterator

import dagster as dg

from sluice_dagster import contract as contracts
from sluice_dagster import places
from sluice_dagster.contract import Contract
from sluice_dagster.step import StepConfig, run_step

# One run at a time writes the lake and the warehouse, wherever it was started: steps wait here rather than at the lease.
POOL = "sluice"


class ContractDatasets(dg.Component, dg.Model, dg.Resolvable):
    """The datasets of a folder of contracts, moved by the programs of Sluice."""

    contracts: str | None = None
    """The folder; without it CONTRACTS, or compose/contracts."""

    def build_defs(self, context: dg.ComponentLoadContext) -> dg.Definitions:
        folder = (context.path / self.contracts).resolve() if self.contracts else places.contracts()
        found = contracts.read_all(pathlib.Path(folder))
        steps = [step for one in found for step in (_process(one), _load(one))]
        return dg.Definitions(assets=[*(_workbooks(one) for one in found), _pull(found), *steps])


def _key(zone: str, one: Contract) -> dg.AssetKey:
    return dg.AssetKey([zone, one.dataset])


def _owners(one: Contract) -> list[str]:
    return [one.owner] if one.owner and "@" in one.owner else []


def _workbooks(one: Contract) -> dg.AssetSpec:
    return dg.AssetSpec(
        _key("drive", one), description=f"Workbooks at the source: {', '.join(one.files)}", group_name="drive", kinds={"excel"},
        owners=_owners(one), metadata={"files": one.files})


def _pull(found: list[Contract]) -> dg.AssetsDefinition:
    """All datasets at once: one listing of the source decides what is new."""
    specs = [
        dg.AssetSpec(
            _key("raw", one), deps=[_key("drive", one)], group_name="raw", kinds={"excel"}, owners=_owners(one),
            description="The workbooks' bytes, never overwritten, one file per delivery.") for one in found]
    checks = [
        dg.AssetCheckSpec("all_files_pulled", asset=spec.key, description="Every file of the source could be read.")
        for spec in specs]
    described = {
        spec.key.to_user_string(): {"step": "pull", "dataset": spec.key.path[-1], "checks": ["all_files_pulled"]} for spec in specs}

    @dg.multi_asset(name="pull", specs=specs, check_specs=checks, can_subset=True, pool=POOL)
    def pull(context: dg.AssetExecutionContext, config: StepConfig) -> Iterator:
        yield from run_step(context, "pull", assets=described, config=config)

    return pull


def _process(one: Contract) -> dg.AssetsDefinition:
    key = _key("processed", one)
    checks = [
        dg.AssetCheckSpec("workbooks_readable", asset=key, description="Every workbook could be read as its contract says."),
        dg.AssetCheckSpec(
            "rows_add_up", asset=key, blocking=True, description="read = emitted + rejected + duplicates + blank = rows in Parquet"),
        dg.AssetCheckSpec(
            "rejected_rows", asset=key,
            description=f"No row was refused; an error beyond the guard's {one.max_rejects or 'limit'}, else a warning."),
        *(dg.AssetCheckSpec(rule.name, asset=key, blocking=rule.is_error, description=rule.description) for rule in one.rules)]
    spec = dg.AssetSpec(
        key, deps=[_key("raw", one)], group_name="processed", kinds={"parquet"}, owners=_owners(one), code_version=one.version,
        description=one.description, metadata={"dagster/column_schema": one.columns, "contract": dg.MetadataValue.path(str(one.path))})
    return _step(one, "process", spec, checks)


def _load(one: Contract) -> dg.AssetsDefinition:
    key = _key("lnd", one)
    checks = [
        dg.AssetCheckSpec(
            "deliveries_good", asset=key, description="None was quarantined, failed, refused or left for later; the last good one stays."),
        dg.AssetCheckSpec("landed_rows_agree", asset=key, blocking=True, description="Every row that was processed has landed.")]
    spec = dg.AssetSpec(
        key, deps=[_key("processed", one)], group_name="landing", kinds={"table"}, owners=_owners(one), code_version=one.version,
        description=f"{one.description} Every row of every delivery.",
        metadata={"dagster/column_schema": one.columns, "dagster/table_name": f"lnd.{one.dataset}"},
        freshness_policy=dg.FreshnessPolicy.time_window(
            warn_window=one.frequency + contracts.GRACE, fail_window=one.frequency + one.latency))
    return _step(one, "load", spec, checks)


def _step(one: Contract, step: str, spec: dg.AssetSpec, checks: list[dg.AssetCheckSpec]) -> dg.AssetsDefinition:
    described = {
        spec.key.to_user_string(): {
            "step": step, "dataset": one.dataset, "checks": [check.name for check in checks], "max_rejects": one.max_rejects}}

    # A subset may be asked for, so that checks without new evidence keep their verdict.
    @dg.multi_asset(name=f"{step}_{one.dataset}", specs=[spec], check_specs=checks, can_subset=True, pool=POOL)
    def work(context: dg.AssetExecutionContext, config: StepConfig) -> Iterator:
        yield from run_step(context, step, assets=described, config=config, dataset=one.dataset)

    return work
