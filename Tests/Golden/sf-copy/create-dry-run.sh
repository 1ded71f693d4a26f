# A dry run prints the script and makes nothing.
sf-copy --to duckdb:w.duckdb --contracts "$GOLDEN_DATA/sf-copy/contracts" --create --dry-run
ls
