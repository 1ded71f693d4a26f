# A pipe is copied to a temporary file: where that cannot be made, the message says how to have it elsewhere.
source "$GOLDEN_DATA/xlsx2ndjson/pack.sh"
pack small
cat small.xlsx | TMPDIR=/nowhere xlsx2ndjson --limit 1
