# A file that is not there: status 66, and nothing is written.
clean --contract "$GOLDEN_DATA/clean/codes.odcs.yaml" missing.ndjson -o rows.ndjson
