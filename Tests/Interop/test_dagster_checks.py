"""Which checks a run evaluates when only a part of the job is started, as the browser does it."""
import pathlib

import dagster as dg
import pytest

from dagster_home import SELLERS, Location, bin_folder
from pipeline import SELLER_HEADER, seller, write_workbook

KEYS = {dg.AssetKey.from_user_string(key) for key in SELLERS}


@pytest.fixture
def location(pipeline, monkeypatch):
    pipeline.binaries = pathlib.Path(bin_folder())
    with dg.instance_for_test() as instance:
        yield Location(pipeline, instance, monkeypatch)


def start(location: Location, assets: set[dg.AssetKey], checks: set[dg.AssetCheckKey] | None) -> dg.ExecuteInProcessResult:
    job = location.repository.get_job("everything").get_subset(asset_selection=assets, asset_check_selection=checks)
    return job.execute_in_process(instance=location.instance, raise_on_error=False)


def declared(location: Location) -> set[dg.AssetCheckKey]:
    return {key for key in location.repository.asset_graph.asset_check_keys if key.asset_key in KEYS}


def evaluated(result: dg.ExecuteInProcessResult) -> set[dg.AssetCheckKey]:
    return {check.asset_check_key for check in result.get_asset_check_evaluations()}


@pytest.mark.parametrize("named", ["all", "none", "nothing said"])
def test_assets_are_made_with_all_their_checks_whichever_are_named(pipeline, location, named):
    """The browser names all of them. A list without them leaves none out, for the programs judge what they make."""
    write_workbook(pipeline.source / "Sellers.xlsx", SELLER_HEADER, [seller(number) for number in range(5)])
    result = start(location, KEYS, {"all": declared(location), "none": set(), "nothing said": None}[named])
    assert result.success and evaluated(result) == declared(location)


def test_a_broken_rule_stops_the_dataset_even_where_its_check_was_left_out(pipeline, location):
    write_workbook(pipeline.source / "Sellers.xlsx", SELLER_HEADER, [])
    result = start(location, KEYS, set())
    assert not result.success and location.failed_steps(result) == {"process_sellers"}
    assert not pipeline.warehouse.exists() or pipeline.statuses("sellers") == []


def test_a_check_alone_says_that_it_is_judged_with_its_asset(pipeline, location):
    write_workbook(pipeline.source / "Sellers.xlsx", SELLER_HEADER, [seller(number) for number in range(5)])
    assert start(location, {dg.AssetKey(["raw", "sellers"])}, None).success
    result = start(location, set(), {dg.AssetCheckKey(dg.AssetKey(["processed", "sellers"]), "rejected_rows")})
    assert not result.success and evaluated(result) == set()
    [failure] = [event for event in result.all_events if event.is_step_failure]
    assert "materialize processed/sellers" in failure.event_specific_data.error_display_string
    assert not (pipeline.lake / "processed").exists()
