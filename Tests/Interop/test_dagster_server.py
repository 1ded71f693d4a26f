"""`make dagster`: the webserver's GraphQL and what a browser shows, over the real programs.

SLUICE_PICTURES names a folder that keeps the pictures.
"""
import os
import pathlib
import subprocess

import pytest

from dagster_home import bin_folder
from dagster_server import running, screenshots
from pipeline import SELLER_HEADER, make_samples, seller, write_workbook

pytestmark = pytest.mark.long

RUN_SECONDS = 900
# "Within a minute", and what a busy machine needs for it.
SENSOR_SECONDS = 120


def upstream(dependencies: dict[str, set[str]], key: str) -> set[str]:
    found: set[str] = set()
    todo = [key]
    while todo:
        for one in dependencies.get(todo.pop(), set()) - found:
            found.add(one)
            todo.append(one)
    return found


def test_a_run_from_drive_to_marts_a_red_check_and_the_sensor(pipeline, tmp_path):
    pipeline.binaries = pathlib.Path(bin_folder())
    make_samples(tmp_path / "samples", "--orders", "100")
    subprocess.run(["cp", "-a", f"{tmp_path}/samples/drive/.", str(pipeline.source)], check=True)
    pictures = pathlib.Path(os.environ.get("SLUICE_PICTURES") or tmp_path / "pictures")
    pictures.mkdir(parents=True, exist_ok=True)
    with running(pipeline) as server:
        lineage = upstream(server.dependencies(), "marts/fct_orders")
        assert lineage >= {f"{zone}/orders" for zone in ("drive", "raw", "processed", "lnd")}

        # The sensor sees the samples too; its run and ours wait for each other in the pool.
        run = server.launch("everything")
        assert server.finish(run, RUN_SECONDS) == "SUCCESS"
        server.wait(
            lambda: all(one["status"] in ("SUCCESS", "FAILURE", "CANCELED") for one in server.runs_of_sensor("source_changes")),
            RUN_SECONDS, "quiet")
        assert pipeline.query("select count(*) > 0 from marts.fct_orders") == [(True,)]
        before = {one["id"] for one in server.runs_of_sensor("source_changes")}

        write_workbook(
            pipeline.source / "Sellers of today.xlsx", SELLER_HEADER,
            [*(seller(number) for number in range(900, 960)), ["no key", "1", "x", "SP"]])
        [started] = server.wait(
            lambda: [one for one in server.runs_of_sensor("source_changes") if one["id"] not in before], SENSOR_SECONDS, "the sensor's run")
        assert {"key": "sluice/datasets", "value": "sellers"} in started["tags"]
        assert server.finish(started["id"], RUN_SECONDS) == "SUCCESS"
        check = server.check("processed/sellers", "rejected_rows")
        assert check and not check["success"] and check["metadata"]["rejected"]["intValue"] == 1
        assert "pattern" in check["metadata"]["reasons"]["jsonString"] or "length" in check["metadata"]["reasons"]["jsonString"]
        good = server.check("lnd/sellers", "deliveries_good")
        assert good and good["success"]

        texts = screenshots(server, pictures, {
            "lineage": "/asset-groups?asset-selection=%2Bkey%3A%22marts%2Ffct_orders%22", "run": f"/runs/{run}",
            "red-check": "/assets/processed/sellers?view=checks", "sensor": "/automation"})
    assert all(zone in texts["lineage"] for zone in ("drive", "raw", "processed", "landing", "staging", "marts"))
    assert "Success" in texts["run"] and "everything" in texts["run"]
    assert "rejected_rows\nFailed" in texts["red-check"].replace("rejected_rows\nrejected_rows", "rejected_rows")
    assert "source_changes" in texts["sensor"]
    assert {path.name for path in pictures.glob("*.png")} >= {"lineage.png", "run.png", "red-check.png", "sensor.png"}
