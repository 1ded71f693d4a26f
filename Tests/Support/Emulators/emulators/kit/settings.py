"""What a test may change of a service, at the start or through POST /_admin/settings."""

from dataclasses import asdict, fields


class ChangeableSettings:
    """Base of a service's dataclass of settings. A value has the type of the default; a whole number will do for a fraction."""

    def update(self, values):
        known = {each.name: type(getattr(self, each.name)) for each in fields(self)}
        for name, value in values.items():
            if name not in known or not (type(value) is known[name] or known[name] is float and type(value) is int):
                raise ValueError(f"settings have no {name}, or not of that type")
        for name, value in values.items():
            setattr(self, name, known[name](value))
        return asdict(self)
