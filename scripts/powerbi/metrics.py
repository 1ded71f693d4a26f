"""The measures give dbt's numbers: both are computed over the same made-up star schema, in total and by month."""
import functools

import duckdb

from .dax_sql import Computer, Context, NotComputable, quoted
from .dbt_project import METRIC_MODELS, Mart
from .problems import Problem
from .semantic_model import SemanticModel
from .star_data import make_star

ANNOTATION = "DbtMetric"
TOLERANCE = 1e-5
MONTH_COLUMN = "month_start"


def check_metrics(model: SemanticModel, marts: dict[str, Mart]) -> int:
    """Compares every measure that names its metric, and wants a measure for every metric. Gives how many were compared."""
    annotated = {
        name: note for name, (_, measure) in model.measures.items() if (note := measure.annotation(ANNOTATION)) is not None}
    named = {(note.expression or "").strip() for note in annotated.values()}
    for column in marts["mart_kpis"].columns if "mart_kpis" in marts else ():
        if column not in named:
            file = model.folder / "definition" / "tables" / "Measures.tmdl"
            model.problems.append(Problem(file, 0, "metric", f"no measure names mart_kpis.{column} (annotation {ANNOTATION})"))
    try:
        connection = star_with_marts(model, marts)
    except (duckdb.Error, KeyError) as error:
        text = str(error).split("\n")[0]
        model.problems.append(Problem(model.folder / "definition", 0, "metric", f"the metrics cannot be computed: {text}"))
        return 0
    month = next((key for key, column in model.columns.items() if column.value("sourceColumn").lower() == MONTH_COLUMN), None)
    contexts = [("mart_kpis", "true", Context(), "")]
    months = connection.execute(f"select distinct {MONTH_COLUMN} from ecom.marts.mart_kpis_monthly where {MONTH_COLUMN} is not null order by 1")
    for (start,) in months.fetchall() if month else ():
        condition = f"{quoted(month[0])}.{quoted(month[1])} = date '{start}'"
        contexts.append((
            "mart_kpis_monthly", f"{MONTH_COLUMN} = date '{start}'", Context().with_filter(*month, condition), f" in {start:%Y-%m}"))
    return sum(compare(model, connection, Computer(model), contexts, name, note) for name, note in annotated.items())


def star_with_marts(model: SemanticModel, marts: dict[str, Mart]) -> duckdb.DuckDBPyConnection:
    """A connection of its own to the made-up star schema, with dbt's metrics in it and a view per table of the model."""
    key = tuple((mart.name, tuple((name, kind) for name, (kind, _) in mart.columns.items()), mart.sql) for mart in marts.values())
    connection = made_once(key).cursor()
    connection.execute("use ecom.marts")
    for statement in Computer(model).views(marts):
        connection.execute(statement)
    return connection


@functools.lru_cache(maxsize=1)
def made_once(key: tuple) -> duckdb.DuckDBPyConnection:
    """The star schema that a state of the dbt project makes: the same for every model that is checked against it."""
    marts = {name: Mart(name, "", {column: (kind, "") for column, kind in columns}, set(), sql, "") for name, columns, sql in key}
    connection = make_star(marts)
    for name in METRIC_MODELS:
        connection.execute(f"create table ecom.marts.{name} as {marts[name].sql}")
    return connection


def compare(model: SemanticModel, connection, computer: Computer, contexts: list, name: str, note) -> int:
    metric = (note.expression or "").strip()
    _, measure = model.measures[name]
    try:
        differences = [difference(connection, computer, name, metric, *context) for context in contexts]
    except NotComputable as error:
        model.complain(note, "metric", f"measure {name} cannot be compared with dbt's {metric}: {error} is not computed here")
        return 0
    except duckdb.Error as error:
        model.complain(note, "metric", f"measure {name} cannot be compared with dbt's {metric}: {str(error).splitlines()[0]}")
        return 0
    found = next((text for text in differences if text), None)
    if found:
        model.complain(measure, "metric", f"measure {name} differs from dbt's {metric} on made-up data: {found}", measure.expression_line)
    return 1


def difference(connection, computer, name, metric, mart, where, context, when) -> str:
    """What the two say where they differ, else nothing. A blank and a zero are the same."""
    [(expected,)] = connection.execute(f"select {metric} from ecom.marts.{mart} where {where}").fetchall()
    [(found,)] = connection.execute(f"select {computer.measure(name, context)}").fetchall()
    if abs(float(found or 0) - float(expected or 0)) <= TOLERANCE * max(1.0, abs(float(expected or 0))):
        return ""
    return f"{found} instead of {expected}{when}"
