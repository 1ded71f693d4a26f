"""One library's way of cleaning order_items from NDJSON to NDJSON: clean_peers.py LIBRARY KEEP IN OUT

Trim, types, ranges, and one row for each key: the first, or the one with the latest shipping limit.
"""
import sys

library, keep, source, target = sys.argv[1:5]
KEYS = ["order_id", "order_item_id"]

if library == "polars":
    import polars as pl

    rows = pl.scan_ndjson(source, schema_overrides={"shipping_limit_date": pl.String}).with_columns(
        pl.col("order_id", "product_id", "seller_id").str.strip_chars(),
        pl.col("order_item_id").cast(pl.Int32),
        pl.col("shipping_limit_date").str.to_datetime("%Y-%m-%dT%H:%M:%S"),
        pl.col("price", "freight_value").cast(pl.Decimal(12, 2)),
    )
    rows = rows.filter((pl.col("price") >= 0) & (pl.col("freight_value") >= 0) & (pl.col("order_item_id") >= 1))
    if keep == "first":
        rows = rows.unique(KEYS, keep="first", maintain_order=True)
    else:
        rows = rows.sort("shipping_limit_date").unique(KEYS, keep="last", maintain_order=True)
    rows.sink_ndjson(target)
else:
    import duckdb

    order = "line" if keep == "first" else "shipping_limit_date DESC"
    duckdb.connect().execute(f"""
        COPY (
            SELECT * EXCLUDE (place, line) FROM (
                SELECT *, row_number() OVER (PARTITION BY order_id, order_item_id ORDER BY {order}) AS place FROM (
                    SELECT trim(order_id) AS order_id, order_item_id::INTEGER AS order_item_id, trim(product_id) AS product_id,
                           trim(seller_id) AS seller_id, shipping_limit_date::TIMESTAMP AS shipping_limit_date,
                           price::DECIMAL(12, 2) AS price, freight_value::DECIMAL(12, 2) AS freight_value,
                           row_number() OVER () AS line
                    FROM read_json('{source}', format = 'newline_delimited', columns = {{order_id: 'VARCHAR',
                        order_item_id: 'BIGINT', product_id: 'VARCHAR', seller_id: 'VARCHAR', shipping_limit_date: 'VARCHAR',
                        price: 'VARCHAR', freight_value: 'VARCHAR'}}))
                WHERE price >= 0 AND freight_value >= 0 AND order_item_id >= 1)
            WHERE place = 1
        ) TO '{target}' (FORMAT json)""")
