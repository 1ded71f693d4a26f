import pytest

from pipeline import Pipeline


@pytest.fixture
def pipeline(tmp_path):
    return Pipeline(tmp_path)
