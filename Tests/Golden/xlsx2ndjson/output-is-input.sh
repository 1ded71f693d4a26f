# The workbook is not replaced by its own rows: status 64.
source "$GOLDEN_DATA/xlsx2ndjson/pack.sh"
pack small
cp small.xlsx before.xlsx
status=0
xlsx2ndjson small.xlsx -o ./small.xlsx || status=$?
xlsx2ndjson -o small.xlsx < small.xlsx || true
cmp small.xlsx before.xlsx
exit $status
