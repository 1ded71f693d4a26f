"""How good the data is and how fresh: deliveries, refused rows with their places, runs and checks."""

MAXIMUM_DELIVERIES = 100
MAXIMUM_REJECTS = 500
MAXIMUM_RUNS = 20


def freshness(warehouse) -> dict:
    """When rows were last loaded, marts last built, and how the deliveries stand."""
    [row] = warehouse.rows(
        "select max(loaded_at) as loaded_at, max(modified_time) as modified_time, "
        "sum(case when status = 'current' then 1 else 0 end) as current_deliveries, "
        "sum(case when status = 'quarantined' then 1 else 0 end) as quarantined, "
        "sum(case when status = 'failed' then 1 else 0 end) as failed, "
        "sum(case when status = 'current' then rows_read else 0 end) as rows_read, "
        "sum(case when status = 'current' then rows_rejected else 0 end) as rows_rejected from ops.deliveries")
    [marts] = warehouse.rows("select max(finished_at) as built_at from ops.runs where kind = 'marts' and status = 'ok'")
    return {name: value or 0 if name.startswith(("rows", "current", "quar", "fail")) else value for name, value in {**row, **marts}.items()}


def deliveries(warehouse) -> list[dict]:
    """The last deliveries, the newest first."""
    return warehouse.rows(
        "select delivered_at, dataset, drive_path, status, rows_read, rows_landed, rows_rejected, rows_duplicate, reason, delivery "
        f"from ops.deliveries order by delivered_at desc, dataset, drive_path limit {MAXIMUM_DELIVERIES}")


def set_aside(warehouse) -> list[dict]:
    """Files whose newest version was set aside, and how many rows of an older one count instead: none of a file that is new."""
    return warehouse.rows(
        "select aside.delivered_at, aside.dataset, aside.drive_path as file, aside.status, coalesce(standing.rows_landed, 0) as rows_instead, "
        "aside.reason, aside.delivery from ops.deliveries as aside "
        "inner join (select file_id, max(delivered_at) as delivered_at from ops.deliveries group by file_id) as newest "
        "on newest.file_id = aside.file_id and newest.delivered_at = aside.delivered_at "
        "left join ops.deliveries as standing on standing.file_id = aside.file_id and standing.status = 'current' "
        f"where aside.status in ('failed', 'quarantined') order by aside.delivered_at desc, file limit {MAXIMUM_DELIVERIES}")


def reject_counts(warehouse) -> list[dict]:
    """Refused rows of current deliveries by dataset, column and reason."""
    return warehouse.rows(
        "select reasons.dataset, reasons.field, reasons.code, min(reasons.message) as message, count(*) as row_count "
        "from ops.reject_reasons as reasons inner join ops.deliveries as deliveries "
        "on deliveries.delivery = reasons.delivery and deliveries.status = 'current' "
        "group by reasons.dataset, reasons.field, reasons.code "
        "order by row_count desc, reasons.dataset, reasons.field, reasons.code")


def reject_datasets(warehouse) -> list[str]:
    return [row["dataset"] for row in warehouse.rows("select distinct dataset from ops.reject_reasons order by dataset")]


def reject_codes(warehouse) -> list[str]:
    return [row["code"] for row in warehouse.rows("select distinct code from ops.reject_reasons order by code")]


def rejects(warehouse, datasets: tuple[str, ...] = (), codes: tuple[str, ...] = ()) -> list[dict]:
    """Refused rows of current deliveries with file, sheet, row and cell; of the given datasets and reasons, or of all."""
    texts, parameters = ["deliveries.status = 'current'"], []
    for column, values in (("dataset", datasets), ("code", codes)):
        if values:
            texts.append(f"reasons.{column} in ({', '.join('?' * len(values))})")
            parameters += values
    return warehouse.rows(
        "select reasons.dataset, deliveries.drive_path as file, reasons.sheet, reasons.row_number, reasons.cell, reasons.field, "
        "reasons.code, reasons.message, deliveries.raw_url "
        "from ops.reject_reasons as reasons inner join ops.deliveries as deliveries on deliveries.delivery = reasons.delivery "
        f"where {' and '.join(texts)} "
        f"order by reasons.dataset, file, reasons.sheet, reasons.row_number, reasons.field, reasons.code limit {MAXIMUM_REJECTS}", parameters)


def runs(warehouse) -> list[dict]:
    """The last runs of the pipeline and of dbt."""
    return warehouse.rows(
        f"select started_at, finished_at, kind, status, exit_status, run from ops.runs order by started_at desc, kind limit {MAXIMUM_RUNS}")


def failed_checks(warehouse) -> list[dict]:
    """The checks of the last marts run that did not pass."""
    return warehouse.rows(
        "select check_name, status, checked_at from ops.checks "
        "where run = (select max(run) from ops.runs where kind = 'marts') and status not in ('pass', 'success') order by check_name")


def source_files(warehouse) -> list[dict]:
    """The workbooks whose rows count, with the bytes in the lake they were read from."""
    return warehouse.rows(
        "select dataset, drive_path as file, modified_time, rows_landed, delivery, raw_url from ops.deliveries "
        "where status = 'current' order by dataset, drive_path")
