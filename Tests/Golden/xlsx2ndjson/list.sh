source "$GOLDEN_DATA/xlsx2ndjson/pack.sh"
pack small
xlsx2ndjson --list small.xlsx
