"""What the peers of ndjson2parquet do with the same rows: parquet_peers.py PEER ROWS.ndjson OUT.parquet TYPES.

TYPES is a JSON object of column name to type, as contracts write types. Each peer parses, types and writes zstd level 3.
"""
import json
import re
import sys


def decimal(text):
    found = re.fullmatch(r"DECIMAL\((\d+),(\d+)\)", text)
    return (int(found[1]), int(found[2])) if found else None


def duckdb_copy(source, target, types):
    import duckdb

    names = {"VARCHAR": "VARCHAR", "INTEGER": "INTEGER", "BIGINT": "BIGINT", "DOUBLE": "DOUBLE", "DATE": "DATE", "TIMESTAMP": "TIMESTAMP"}
    columns = ", ".join(f"{name}: '{names.get(text, text)}'" for name, text in types.items())
    duckdb.connect().execute(
        f"COPY (SELECT * FROM read_json('{source}', format = 'newline_delimited', columns = {{{columns}}})) "
        f"TO '{target}' (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 3)")


def polars_sink(source, target, types):
    import polars

    first = {"VARCHAR": polars.String, "INTEGER": polars.Int32, "BIGINT": polars.Int64, "DOUBLE": polars.Float64}
    schema = {name: first.get(text, polars.Float64 if decimal(text) else polars.String) for name, text in types.items()}
    casts = []
    for name, text in types.items():
        if text == "DATE":
            casts.append(polars.col(name).str.to_date("%Y-%m-%d"))
        elif text == "TIMESTAMP":
            casts.append(polars.col(name).str.to_datetime("%Y-%m-%dT%H:%M:%S", time_unit="us"))
        elif decimal(text):
            casts.append(polars.col(name).cast(polars.Decimal(*decimal(text))))
    polars.scan_ndjson(source, schema=schema).with_columns(casts).sink_parquet(target, compression="zstd", compression_level=3)


def pyarrow_write(source, target, types):
    import pyarrow
    import pyarrow.json
    import pyarrow.parquet

    first = {"VARCHAR": pyarrow.string(), "INTEGER": pyarrow.int32(), "BIGINT": pyarrow.int64(), "DOUBLE": pyarrow.float64()}
    fields, wanted = [], []
    for name, text in types.items():
        fields.append((name, first.get(text, pyarrow.float64() if decimal(text) else pyarrow.string())))
        late = {"DATE": pyarrow.date32(), "TIMESTAMP": pyarrow.timestamp("us")}.get(text)
        wanted.append((name, late or (pyarrow.decimal128(*decimal(text)) if decimal(text) else dict(fields)[name])))
    table = pyarrow.json.read_json(
        source, parse_options=pyarrow.json.ParseOptions(explicit_schema=pyarrow.schema(fields), unexpected_field_behavior="error"))
    pyarrow.parquet.write_table(table.cast(pyarrow.schema(wanted)), target, compression="zstd", compression_level=3)


PEERS = {"duckdb": duckdb_copy, "polars": polars_sink, "pyarrow": pyarrow_write}

if __name__ == "__main__":
    PEERS[sys.argv[1]](sys.argv[2], sys.argv[3], json.loads(sys.argv[4]))
