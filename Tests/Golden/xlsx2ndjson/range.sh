source "$GOLDEN_DATA/xlsx2ndjson/pack.sh"
pack small
xlsx2ndjson small.xlsx --range B3:D6 --empty omit
xlsx2ndjson small.xlsx --range "Orders!A4:B7" --header none --blank-rows keep
