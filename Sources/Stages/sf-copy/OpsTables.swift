/// The control tables: what was delivered, refused, run, checked, and who loads.
enum OpsTables {
    static let schema = "ops"

    static let deliveries = table(
        "deliveries", "One row per delivery, which is one version of one source file, with its status and interval.",
        [
            text("dataset", "The dataset whose contract the file follows."),
            text("delivery", "The delivery's identity, 16 hexadecimal digits."),
            text("file_id", "The source's own identity of the file."),
            text("drive_path", "The file's path below the root of the source."),
            time("modified_time", "When the source says the file was last modified"),
            time("delivered_at", "When the delivery was recorded in the lake"),
            text("key", "The processing key of the landed rows."),
            text("attempted_key", "The key of a later processing that was set aside; the rows of `key` stayed."),
            text("contract_version", "The version of the contract that the rows were processed with."),
            text("status", "current, superseded, deleted, quarantined or failed."),
            text("reason", "Why the delivery, or its later processing, was set aside."),
            count("rows_read", "Rows that clean read."),
            count("rows_emitted", "Rows that clean wrote."),
            count("rows_rejected", "Rows that clean refused."),
            count("rows_duplicate", "Rows that clean dropped as duplicates."),
            count("rows_blank", "Rows without any value."),
            count("rows_landed", "Rows in the landing table."),
            text("raw_url", "The file's bytes in the lake."),
            text("processed_url", "The folder of its Parquet files in the lake."),
            time("valid_from", "Since when the delivery was the file's current one"),
            time("valid_to", "Until when, exclusive; empty while it is"),
            time("loaded_at", "When this row last changed what is current"),
            text("run", "The run that loaded it."),
        ])

    static let rejects = table(
        "rejects", "One row per refused row of a delivery, with all reasons.",
        [
            text("dataset", "The dataset whose contract refused the row."),
            text("contract_version", "The version of that contract."),
            text("delivery", "The delivery the row came with, as clean was told."),
            count("line", "The row's line in the input of clean, from 1."),
            .init("row", "JSON", comment: "The record as it came in, without reserved keys."),
            text("raw", "The line as it came in, only when it could not be parsed."),
            text("raw_base64", "The bytes of such a line in Base64, only when they are no UTF-8."),
            .init("errors", "JSON", comment: "All reasons: field, code, rule, value, message, cell."),
            text("_source_file", "The file the row came from."),
            text("_source_sheet", "The sheet the row came from."),
            count("_source_row", "The row's number in the sheet, from 1."),
        ] + TableShape.deliveryColumns)

    static let runs = table(
        "runs", "One row per run of the pipeline or of one of its steps.",
        [
            text("run", "The run's name."),
            text("kind", "pipeline, marts, or another step."),
            time("started_at", "When it started"),
            time("finished_at", "When it ended"),
            text("status", "ok, degraded or failed."),
            .init("exit_status", "INTEGER", comment: "Its exit status."),
            text("dbt_hash", "The hash of the dbt project that built the marts."),
            .init("details", "JSON", comment: "What else it reported."),
        ])

    static let checks = table(
        "checks", "One row per check of the marts in a run.",
        [
            text("run", "The run that checked."),
            text("check_name", "The check."),
            text("status", "Its result."),
            .init("details", "JSON", comment: "What it found."),
            time("checked_at", "When it was checked"),
        ])

    static let locks = table(
        "locks", "One row per dataset: a load changes it first, so that loads of one dataset follow each other.",
        [
            text("name", "The dataset."),
            text("holder", "The transaction that changed it last."),
            time("taken_at", "When it was changed last"),
        ])

    static let all = [deliveries, rejects, runs, checks, locks]

    private static func table(_ name: String, _ comment: String, _ columns: [TableShape.Column]) -> TableShape {
        TableShape(schema: schema, name: name, comment: comment, columns: columns)
    }

    private static func text(_ name: String, _ comment: String) -> TableShape.Column {
        .init(name, "VARCHAR", comment: comment)
    }

    private static func count(_ name: String, _ comment: String) -> TableShape.Column {
        .init(name, "BIGINT", comment: comment)
    }

    private static func time(_ name: String, _ comment: String) -> TableShape.Column {
        .init(name, "TIMESTAMP", comment: "\(comment) (UTC).")
    }
}
