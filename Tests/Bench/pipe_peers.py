"""The whole job in one process: pipe_peers.py WORKBOOK OUT.parquet

Read order_items with fastexcel; with polars trim, type, filter by the ranges, keep the first row of each key, write zstd Parquet.
"""
import sys

import fastexcel
import polars as pl

workbook, target = sys.argv[1:3]
rows = fastexcel.read_excel(workbook).load_sheet(0).to_polars().lazy().with_columns(
    pl.col("order_id", "product_id", "seller_id").str.strip_chars(),
    pl.col("order_item_id").cast(pl.Int32),
    pl.col("shipping_limit_date").cast(pl.Datetime("us")),
    pl.col("price", "freight_value").cast(pl.Decimal(12, 2)),
)
rows = rows.filter((pl.col("price") >= 0) & (pl.col("freight_value") >= 0) & (pl.col("order_item_id") >= 1))
rows = rows.unique(["order_id", "order_item_id"], keep="first", maintain_order=True)
rows.sink_parquet(target, compression="zstd", compression_level=3)
