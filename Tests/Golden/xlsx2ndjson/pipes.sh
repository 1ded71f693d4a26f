# A workbook from a named pipe, from /dev/stdin that is a pipe and from another program's output.
source "$GOLDEN_DATA/xlsx2ndjson/pack.sh"
pack small
mkfifo orders.xlsx
cat small.xlsx > orders.xlsx &
xlsx2ndjson orders.xlsx --empty omit --errors null --limit 1 --provenance
cat small.xlsx | xlsx2ndjson /dev/stdin --empty omit --errors null --limit 1
xlsx2ndjson <(cat small.xlsx) --empty omit --errors null --limit 1
