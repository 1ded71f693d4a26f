source "$GOLDEN_DATA/xlsx2ndjson/pack.sh"
pack small
xlsx2ndjson small.xlsx --all-sheets --hidden include --empty omit
xlsx2ndjson small.xlsx --sheet 7
