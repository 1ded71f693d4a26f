source "$GOLDEN_DATA/xlsx2ndjson/pack.sh"
pack small
cp small.xlsx second.xlsx
xlsx2ndjson small.xlsx second.xlsx --header 3 --provenance --limit 4 --report report.json
jq -c '[.counts.rows, .counts.sheets, (.inputs | length)]' report.json
