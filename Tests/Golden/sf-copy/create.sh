# The first run makes the tables, the second finds them.
sf-copy --to duckdb:w.duckdb --contracts "$GOLDEN_DATA/sf-copy/contracts" --create
sf-copy --to duckdb:w.duckdb --contracts "$GOLDEN_DATA/sf-copy/contracts" --create
ls
