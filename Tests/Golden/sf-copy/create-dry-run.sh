# A dry run prints the script (here without the comments of tables and columns) and makes nothing.
sf-copy --to duckdb:w.duckdb --contracts "$GOLDEN_DATA/sf-copy/contracts" --create --dry-run | grep -v "^COMMENT"
ls
