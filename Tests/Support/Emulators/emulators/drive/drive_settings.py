"""Numbers of the service that a test may change, at the start or through POST /_admin/settings."""

from dataclasses import dataclass

from ..kit.settings import ChangeableSettings


@dataclass
class Settings(ChangeableSettings):
    token_seconds: int = 3_599
    # Some token endpoints tell `expires_in` as a text.
    expires_in_as_text: bool = False
    export_limit_bytes: int = 10 * 1024 * 1024
    # How often an operation must be asked for before it is done.
    operation_polls: int = 2


@dataclass
class Addresses:
    """Where the service is: links lead to `url`, redirects to another host to `other_url`."""

    url: str = ""
    other_url: str = ""
