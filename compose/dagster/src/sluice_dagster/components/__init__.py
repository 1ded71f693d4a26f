"""Components of the code location: `dg list components` shows them."""
from sluice_dagster.components.datasets import ContractDatasets
from sluice_dagster.components.marts import Marts

__all__ = ["ContractDatasets", "Marts"]
