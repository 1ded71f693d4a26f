source "$GOLDEN_DATA/xlsx2ndjson/pack.sh"
pack small
head -c 1000 small.xlsx > cut.xlsx
xlsx2ndjson cut.xlsx
