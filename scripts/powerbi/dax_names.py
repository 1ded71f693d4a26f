"""Every name in a DAX expression means something, and every function is called as it wants to be."""
from . import dax
from .semantic_model import Formula, SemanticModel


def check_formulas(model: SemanticModel) -> None:
    """Adds to the model's problems what its expressions refer to in vain."""
    for formula in model.formulas:
        if formula.tree is not None:
            FormulaCheck(model, formula).term(formula.tree, frozenset())


class FormulaCheck:
    """Walks one expression with the variables that are in force."""

    def __init__(self, model: SemanticModel, formula: Formula):
        self.model = model
        self.formula = formula

    def complain(self, term: dax.Term, rule: str, message: str) -> None:
        self.model.complain(self.formula.node, rule, f"{self.formula.what}: {message}", self.formula.line(term))

    def term(self, term: dax.Term, variables: frozenset[str]) -> None:
        if term.kind == "let":
            for name, part in zip(term.names, term.parts):
                self.term(part, variables)
                variables |= {name.casefold()}
            self.term(term.parts[-1], variables)
            return
        if term.kind == "column":
            self.column(term)
        elif term.kind == "measure" and term.name not in self.model.measures:
            own = (self.formula.home, term.name) in self.model.columns and self.formula.node.kind != "measure"
            if not own:
                self.complain(term, "unknown-measure", f"there is no measure [{term.name}]")
        elif term.kind == "table" and term.name not in self.model.tables:
            self.complain(term, "unknown-table", f"there is no table '{term.name}'")
        elif term.kind == "variable" and term.name.casefold() not in variables:
            if term.name not in self.model.tables and term.name.upper() not in ("ASC", "DESC", "DAY", "MONTH", "QUARTER", "YEAR"):
                self.complain(term, "unknown-name", f"{term.name} is no variable and no table")
        elif term.kind == "call":
            self.call(term)
        for part in term.parts:
            self.term(part, variables)

    def column(self, term: dax.Term) -> None:
        if term.table not in self.model.tables:
            self.complain(term, "unknown-table", f"there is no table '{term.table}'")
        elif (term.table, term.name) not in self.model.columns:
            if term.name in self.model.measures:
                self.complain(term, "measure-with-table", f"[{term.name}] is a measure; measures are named without a table")
                return
            near = ", ".join(sorted(name for table, name in self.model.columns if table == term.table))
            self.complain(term, "unknown-column", f"'{term.table}' has no column [{term.name}]; it has {near}")

    def call(self, term: dax.Term) -> None:
        if term.name not in dax.FUNCTIONS:
            self.complain(term, "unknown-function", f"{term.name} is no DAX function that check-powerbi knows (dax.FUNCTIONS)")
            return
        least, most = dax.FUNCTIONS[term.name]
        count = len(term.parts)
        if count < least or (most is not None and count > most):
            wanted = str(least) if least == most else f"{least} to {most}" if most is not None else f"{least} or more"
            self.complain(term, "arguments", f"{term.name} takes {wanted} arguments, not {count}")


def check_circles(model: SemanticModel) -> None:
    """No measure needs itself."""
    needs = {
        formula.node.name: {term.name for term in formula.tree.walk() if term.kind == "measure"}
        for formula in model.formulas if formula.tree is not None and formula.node.kind == "measure"}
    done: set[str] = set()

    def visit(name: str, path: tuple[str, ...]) -> None:
        if name in path:
            circle = " -> ".join([*path[path.index(name):], name])
            model.complain(model.measures[name][1], "circle", f"measures need each other: {circle}")
            done.add(name)
        if name in done or name not in needs:
            return
        for other in sorted(needs[name]):
            visit(other, (*path, name))
        done.add(name)

    for name in needs:
        visit(name, ())
