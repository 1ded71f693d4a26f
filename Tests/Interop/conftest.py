import importlib.util
import os
import signal
import sys

import pytest

# The readers' environment (scripts/setup-python readers) has Polars, fastparquet, Spark and calamine; the pipeline's has
# none of them, so that files of tests named test_*_readers.py are collected in the one and not in the other.
HAS_READERS = importlib.util.find_spec("polars") is not None
# Dagster has an environment of its own too (scripts/setup-python dagster).
HAS_DAGSTER = importlib.util.find_spec("dagster") is not None
collect_ignore_glob = [
    *([] if HAS_READERS else ["test_*_readers.py"]),
    *([] if HAS_DAGSTER else ["test_dagster_*.py"]),
]

# Workers take whole files (--dist loadfile), in the order in which they are collected here. One that takes long must not be
# the last: the other workers would wait for it. Among these and all others the order does not matter.
LONGEST_FIRST = {name: place for place, name in enumerate([
    "test_dbt_snowflake.py", "test_pipeline_days.py", "test_pipeline_trouble.py", "test_pipeline_deliveries.py",
    "test_dbt.py", "test_pipeline_snowflake.py", "test_powerbi.py", "test_sf_copy_files.py", "test_pipeline_azure.py",
    "test_sf_copy_snowflake.py", "test_adls_put_faults.py", "test_pipeline_kills.py", "test_sf_copy.py",
    "test_sf_copy_kills.py", "test_publication.py", "test_parquet.py", "test_dbt_defects.py", "test_drive_pull_content.py",
    "test_verify_cloud.py", "test_dbt_samples.py", "test_dashboard.py", "test_sf_copy_traps.py",
    "test_dashboard_snowflake.py", "test_demo.py", "test_pipeline_memory.py",
])}


@pytest.fixture
def pipeline(tmp_path):
    from pipeline import Pipeline

    return Pipeline(tmp_path)


@pytest.fixture(scope="module")
def snowflake(tmp_path_factory):
    """A local Snowflake for the tests of one file, with a folder as the lake behind its stage."""
    import snowflake_sessions

    folder = tmp_path_factory.mktemp("snowflake")
    with snowflake_sessions.start(folder) as service:
        service.folder = folder
        service.container = folder / "lake"
        yield service


@pytest.fixture(autouse=True)
def databases_end_with_their_test():
    """The local Snowflake of a file keeps running; what one test made in it goes with the test."""
    yield
    if "snowflake_lake" in sys.modules:
        sys.modules["snowflake_lake"].SnowflakeLake.drop_made()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config):
    """One worker more than there are cores (`-n auto`): a third of a worker's time is waiting, for leases, retries and servers."""
    return len(os.sched_getaffinity(0)) + 1


def pytest_addoption(parser):
    parser.addoption("--long", action="store_true", help="run the tests that take minutes as well (make test-long)")


def pytest_collection_modifyitems(config, items):
    """Leaves out what is marked `long` unless --long is given: deselected and counted as that, never skipped."""
    items.sort(key=lambda item: LONGEST_FIRST.get(item.path.name, len(LONGEST_FIRST)))
    if config.getoption("--long"):
        return
    left_out = [item for item in items if item.get_closest_marker("long")]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if not item.get_closest_marker("long")]


def pytest_configure(config):
    config.addinivalue_line("markers", "long: takes minutes; left out unless --long is given")
    # Who runs the tests in the background may have signals ignored, and programs keep ignoring what they found so.
    for number, handler in (
            (signal.SIGINT, signal.default_int_handler), (signal.SIGHUP, signal.SIG_DFL), (signal.SIGQUIT, signal.SIG_DFL)):
        if signal.getsignal(number) == signal.SIG_IGN:
            signal.signal(number, handler)
