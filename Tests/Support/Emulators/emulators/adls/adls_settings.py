"""What a test may change, at the start or through POST /_admin/settings."""

from dataclasses import asdict, dataclass, fields

# Newest version that the service claims to know.
NEWEST_VERSION = "2026-12-06"


@dataclass
class Settings:
    token_seconds: int = 3_599
    # The switch "Allow storage account key access" of an account.
    key_access: bool = True
    # The most that one reply lists, whatever is asked for.
    page_size: int = 5_000
    # Where clients find the service when something stands before it (TLS); Entra tells it and wants it as audience.
    public_url: str = ""

    def update(self, values):
        known = {each.name: type(getattr(self, each.name)) for each in fields(self)}
        for name, value in values.items():
            if name not in known or type(value) is not known[name]:
                raise ValueError(f"settings have no {name}, or not of that type")
        for name, value in values.items():
            setattr(self, name, value)
        return asdict(self)
