source "$GOLDEN_DATA/xlsx2ndjson/pack.sh"
pack small
xlsx2ndjson --empty omit --errors null < small.xlsx
cat small.xlsx | xlsx2ndjson - --empty omit --errors null --limit 1
