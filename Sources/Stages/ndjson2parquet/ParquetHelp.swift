/// The long part of `--help`.
enum ParquetHelp {
    static let text = """
        Every row is one JSON object on a line. The columns are those of the contract, in its order, then _extra, _source_file, _source_sheet \
        and _source_row; _source_columns is left out. A missing key is null. A key that the contract does not know, a null in a required \
        column, and a value that does not fit its type end the run with status 65, naming line, column and value; nothing is published then.

        Numbers are exact: decimals never pass through binary fractions. Integers and decimals may also come as strings. Times are \
        2018-01-31T12:30:00, with an offset for instants only. VARIANT columns keep the JSON text.

        With --infer the columns are the keys in the order in which they first appear, none required, typed by all rows of a file, or by the first \
        16 MiB of a stream: BOOLEAN; BIGINT, DECIMAL(38,0) for longer whole numbers, DOUBLE where there is a point or an exponent; DATE, TIME and \
        TIMESTAMP where all texts are such, else VARCHAR; VARIANT (JSON text) for objects, arrays and mixtures. Texts never become numbers. \
        With --nested, arrays become lists and objects groups, eight deep; mixtures of them stay JSON text.

        zstd without a level takes, for each chunk of a column, the best of three efforts on the first page; the same page decides whether a \
        dictionary pays. --encoding and --bloom are for readers that are known to understand them. The same rows, contract and options give the same bytes.

        --sort-by orders the rows, null before all values and behind them with :desc, and the file says so to readers; rows of equal values keep \
        their order. --partition-by makes OUT a folder, OUT/column=value/part-00001.parquet, without those columns in the files, as Hive, Spark and \
        DuckDB read it. Both read the input to its end first; what does not fit into --memory goes to a temporary file in TMPDIR.

        The file appears under its name when it is whole. With --split-bytes, orders.parquet becomes orders-00001.parquet, orders-00002.parquet, \
        ..., which appear together. One line per file goes to standard output: path, bytes, sha256, rows, row_groups, and for each column nulls, \
        min and max. Long texts among them are cut to 64 bytes, as in the file's own statistics, and still bound all values.

        Examples:
          ndjson2parquet clean.ndjson --contract compose/contracts/orders.odcs.yaml -o orders.parquet
          xlsx2ndjson Orders.xlsx --contract orders.odcs.yaml | clean --contract orders.odcs.yaml --rejects r.ndjson |
            ndjson2parquet --contract orders.odcs.yaml -o orders.parquet --report report.json
          ndjson2parquet big.ndjson.zst --contract items.odcs.yaml -o items.parquet --split-bytes 200000000 --compression zstd:9
          ndjson2parquet rows.ndjson --infer -o rows.parquet
          ndjson2parquet orders.ndjson --contract orders.odcs.yaml --partition-by order_status --sort-by order_purchase_timestamp -o orders
        """
}
