# A contract that is not there: status 78.
clean --contract missing.odcs.yaml -o rows.ndjson
