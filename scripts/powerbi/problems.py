"""What a check finds: a rule that is broken, and where."""
import dataclasses
import pathlib


@dataclasses.dataclass(frozen=True, order=True)
class Problem:
    """One broken rule at one place. `line` is 1-based; 0 where a file as a whole is meant."""

    file: pathlib.Path
    line: int
    rule: str
    message: str

    def text(self, root: pathlib.Path) -> str:
        """One line for a person, with the file as seen from `root`."""
        file = self.file.relative_to(root) if self.file.is_relative_to(root) else self.file
        place = f"{file}:{self.line}" if self.line else str(file)
        return f"{place}: {self.rule}: {self.message}"
