"""Google Drive, a lake in Azure, Snowflake (all emulated): three addresses change, and the tables are those of the laptop's run."""

import pytest

from cloud_pipeline import CloudPipeline, cloud
from pipeline import SELLER_HEADER, Pipeline, make_samples, seller, write_workbook
from test_pipeline_snowflake import PROFILE, contents

# What must differ, and nothing else may. The file's identity is Drive's or its path; a delivery is made from that and a
# version, and is compared as "the second delivery of this path"; each run recorded its deliveries at its own time, which
# are compared as the deliveries that they are the times of. The others (`contents`) are _loaded_at, loaded_at, run and URLs.
OWN_IDENTITY = {"file_id"}
TIMES = {"delivered_at", "valid_from", "valid_to"}


@pytest.fixture
def services(tmp_path):
    with cloud(tmp_path / "cloud") as running:
        yield running


def test_from_drive_through_azure_into_snowflake(tmp_path, services):
    """One dataset on two days: new, changed and deleted workbooks, refused rows, a file that no contract asks for."""
    remote, laptop = CloudPipeline(tmp_path / "a", services), Pipeline(tmp_path / "b")
    laptop.source = remote.source
    people = remote.source / "People"
    write_workbook(people / "Sellers.xlsx", SELLER_HEADER, [seller(number) for number in range(40)])
    write_workbook(people / "Sellers South.xlsx", SELLER_HEADER, [seller(number, state="RS") for number in range(40, 60)])
    write_workbook(remote.source / "Unclaimed.xlsx", ["x"], [[1]])
    run_both(remote, laptop)
    rows = [seller(number, city="santos") for number in range(41)] + [["not a key", "1", "x", "nowhere"]]
    write_workbook(people / "Sellers.xlsx", SELLER_HEADER, rows, time=1_527_911_200)
    write_workbook(people / "Sellers North.xlsx", SELLER_HEADER, [seller(number, state="AM") for number in range(60, 70)])
    (people / "Sellers South.xlsx").unlink()
    run_both(remote, laptop)
    found = same_tables(laptop, remote, ["lnd.sellers"])
    assert len(found["lnd.sellers"]) == 40 + 20 + 41 + 10 and len(found["ops.rejects"]) == 1
    # A deletion is a delivery of its own.
    assert sorted(row["status"] for row in found["ops.deliveries"]) == ["current", "current", "deleted", "superseded", "superseded"]


def run_both(remote, laptop):
    assert remote.mirror.update() > 0
    told = remote.run(expect=None)
    laptop.run(expect=None)
    assert remote.status == laptop.status == 0, told


@pytest.mark.long
def test_make_pipeline_with_three_addresses_changed(tmp_path, services):
    """Three days of all eight datasets, up to the star schema, by `make pipeline`."""
    remote, laptop = CloudPipeline(tmp_path / "a", services), Pipeline(tmp_path / "b")
    out = tmp_path / "samples"
    laptop.source = remote.source = remote.mirror.folder = out / "drive"
    ready = services.warehouse.ready
    (tmp_path / "profiles.yml").write_text(PROFILE.format(
        account=ready["account"], user=ready["credentials"]["user"], key=ready["credentials"]["key_file"], port=ready["port"]))
    kpis = "select orders, revenue::varchar, average_order_value::decimal(18, 6)::varchar, on_time_rate::decimal(18, 6)::varchar from "
    datasets = [f"lnd.{path.name.removesuffix('.odcs.yaml')}" for path in sorted(laptop.contracts.glob("*.odcs.yaml"))
                if "rejects" not in path.name]
    for day in (1, 2, 3):
        make_samples(out, "--orders", "100", "--day", str(day))
        assert remote.mirror.update() > 0
        told = remote.make("pipeline", DBT_PROFILES_DIR=str(tmp_path))
        laptop.run(steps="pull,process,load,marts", expect=None)
        assert remote.status == laptop.status == 0, told
        found = same_tables(laptop, remote, datasets)
        assert all(len(found[name]) > 0 for name in datasets)
        assert remote.query(kpis + "ECOM.MARTS.MART_KPIS") == laptop.query(kpis + "marts.mart_kpis")
    assert len(found["ops.rejects"]) > 0
    assert {"current", "superseded", "deleted"} <= {row["status"] for row in found["ops.deliveries"]}


def same_tables(laptop, remote, datasets):
    """The rows of both, which are equal: without what must differ, with deliveries by the names that both have."""
    tables = [*datasets, "ops.deliveries", "ops.rejects"]
    mine, theirs = comparable(contents(laptop, tables, "")), comparable(contents(remote, tables, "ECOM."))
    for table in tables:
        assert mine[table] == theirs[table], table
    return mine


def comparable(tables):
    columns, rows = tables["ops.deliveries"]
    deliveries = [dict(zip(columns, row)) for row in rows]
    names, times = {}, {}
    for row in sorted(deliveries, key=lambda each: each["delivered_at"]):
        path = row["drive_path"]
        number = sum(name.startswith(f"{path} #") for name in names.values()) + 1
        names[row["delivery"]] = f"{path} #{number}"
        times[path, row["delivered_at"]] = f"{path} #{number}"
    found = {}
    for table, (columns, rows) in tables.items():
        lines = [dict(zip(columns, row)) for row in rows]
        for line in lines:
            for name in {"delivery", "_delivery"} & set(line):
                line[name] = names.get(line[name], line[name])
            for name in TIMES & set(line):
                line[name] = times[line["drive_path"], line[name]] if line[name] else ""
        found[table] = sorted(({name: value for name, value in line.items() if name not in OWN_IDENTITY} for line in lines),
                              key=lambda line: sorted(line.items()))
    return found
