source "$GOLDEN_DATA/xlsx2ndjson/pack.sh"
pack small
xlsx2ndjson small.xlsx -o out.ndjson.zst
xlsx2ndjson small.xlsx -o out.ndjson.gz
gzip -dc out.ndjson.gz
