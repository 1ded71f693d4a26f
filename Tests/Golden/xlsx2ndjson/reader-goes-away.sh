source "$GOLDEN_DATA/xlsx2ndjson/pack.sh"
pack small
set +o pipefail
xlsx2ndjson small.xlsx | true
echo "done"
