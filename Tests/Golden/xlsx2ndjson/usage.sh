xlsx2ndjson a.xlsx b.xlsx --source-name x
