"""What a test may change, at the start or through POST /_admin/settings."""

from dataclasses import dataclass

from ..kit.settings import ChangeableSettings


@dataclass
class Settings(ChangeableSettings):
    # A statement that takes longer is answered with 202, and is to be polled.
    sync_seconds: float = 45.0
    # Rows of one partition of a result.
    partition_rows: int = 10_000
    # How long a statement waits for what another transaction has changed.
    lock_seconds: float = 120.0
    # The only warehouse there is; without one, nothing that needs compute runs.
    warehouse: str = "LOADING"
    warehouse_size: str = "X-Small"
    auto_suspend: int = 60
    role: str = "LOADER"
    # Every statement takes at least so long.
    statement_seconds: float = 0.0
    # Where it is not empty, every COPY runs with this ON_ERROR, whatever it says.
    copy_on_error: str = ""
    # STANDARD refuses masking policies and tags.
    edition: str = "ENTERPRISE"
    # The roles that there are, with commas; empty: every one.
    roles: str = ""
