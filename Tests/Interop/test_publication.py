"""What dashboards read follows the marts that are good, and only those."""
import subprocess
import sys

from pipeline import ROOT, SELLER_HEADER, WITHOUT_TESTS, seller, write_workbook

sys.path.insert(0, str(ROOT / "compose" / "dashboard"))

from published_copy import PublishedCopy  # noqa: E402

SELLERS = "select count(*) as sellers from marts.dim_seller where seller_id <> 'unknown'"


def published(pipeline):
    return pipeline.work / "published" / "warehouse.duckdb"


def sellers(pipeline) -> int:
    copy = PublishedCopy(published(pipeline))
    [row] = copy.rows(SELLERS)
    copy.close()
    return row["sellers"]


def test_the_copy_follows_good_marts_and_a_rebuild_and_outlives_bad_marts(pipeline):
    write_workbook(pipeline.source / "Sellers.xlsx", SELLER_HEADER, [seller(number) for number in range(3)])
    pipeline.run(steps="pull,process,load,marts", **WITHOUT_TESTS)
    assert sellers(pipeline) == 3

    # A copy that is lost comes back with the next run, though there is nothing to build.
    published(pipeline).unlink()
    assert "marts: nothing new" in pipeline.run(steps="marts")
    assert sellers(pipeline) == 3

    published(pipeline).unlink()
    done = subprocess.run([str(ROOT / "scripts" / "replay")], env=pipeline.environment(**WITHOUT_TESTS), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert sellers(pipeline) == 3
    assert [path.name for path in published(pipeline).parent.iterdir()] == ["warehouse.duckdb"]
    assert not list(pipeline.folder.glob("*.published*"))

    # Marts that fail are not shown: the copy stands as it was.
    before = published(pipeline).stat()
    pipeline.run(steps="marts", AS_OF="no time at all", expect=65)
    after = published(pipeline).stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
