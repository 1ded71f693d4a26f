source "$GOLDEN_DATA/xlsx2ndjson/pack.sh"
pack small
xlsx2ndjson small.xlsx --errors fail
