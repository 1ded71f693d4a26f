xlsx2ndjson nothing.xlsx
