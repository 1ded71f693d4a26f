import importlib.util
import signal

import pytest

from pipeline import Pipeline

# Polars, fastparquet and Spark are not in the pipeline's environment: their tests run where they are installed, and are
# left out elsewhere rather than counted as skipped.
collect_ignore = [] if importlib.util.find_spec("polars") else ["test_parquet_readers.py"]


@pytest.fixture
def pipeline(tmp_path):
    return Pipeline(tmp_path)


def pytest_configure():
    """Who runs the tests in the background may have signals ignored, and programs keep ignoring what they found so."""
    for number, handler in (
            (signal.SIGINT, signal.default_int_handler), (signal.SIGHUP, signal.SIG_DFL), (signal.SIGQUIT, signal.SIG_DFL)):
        if signal.getsignal(number) == signal.SIG_IGN:
            signal.signal(number, handler)
