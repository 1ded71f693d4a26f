"""Numbers of the service that a test may change, at the start or through POST /_admin/settings."""

from dataclasses import asdict, dataclass, fields


@dataclass
class Settings:
    token_seconds: int = 3_599
    # Some token endpoints tell `expires_in` as a text.
    expires_in_as_text: bool = False
    export_limit_bytes: int = 10 * 1024 * 1024
    # How often an operation must be asked for before it is done.
    operation_polls: int = 2

    def update(self, values):
        known = {each.name: type(getattr(self, each.name)) for each in fields(self)}
        for name, value in values.items():
            if name not in known or type(value) is not known[name]:
                raise ValueError(f"settings have no {name}, or not of that type")
        for name, value in values.items():
            setattr(self, name, value)
        return asdict(self)


@dataclass
class Addresses:
    """Where the service is: links lead to `url`, redirects to another host to `other_url`."""

    url: str = ""
    other_url: str = ""
