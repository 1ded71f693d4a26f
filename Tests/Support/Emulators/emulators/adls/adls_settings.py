"""What a test may change, at the start or through POST /_admin/settings."""

from dataclasses import dataclass

from ..kit.settings import ChangeableSettings

# Newest version that the service claims to know.
NEWEST_VERSION = "2026-12-06"


@dataclass
class Settings(ChangeableSettings):
    token_seconds: int = 3_599
    # The switch "Allow storage account key access" of an account.
    key_access: bool = True
    # The most that one reply lists, whatever is asked for.
    page_size: int = 5_000
    # Where clients find the service when something stands before it (TLS); Entra tells it and wants it as audience.
    public_url: str = ""
