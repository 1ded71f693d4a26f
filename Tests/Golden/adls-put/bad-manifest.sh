# A line that is no delivery is told with its place, and the others go on.
printf A > a.xlsx
good='{"delivery":"0123456789abcdef","dataset":"orders","status":"new","delivered_at":null,"file":{"root":"file:/r","id":"a.xlsx","name":"a.xlsx","drive_path":"a.xlsx","version":"v","modified_time":"2018-01-31T12:30:00.000Z","sha256":"559aead08264d5795d3909718cdd05abd49572e84fe55590eef31a88a08fdffd"},"path":"a.xlsx"}'
{
    jq -c '.delivery = "../x"' <<< "$good"
    jq -c '.status = "gone"' <<< "$good"
    jq -c '.path = "missing.xlsx" | .delivery = "00000000000000aa"' <<< "$good"
    jq -c '.file.modified_time = "yesterday" | .delivery = "00000000000000bb"' <<< "$good"
    jq -c '.file.sha256 = "00" | .delivery = "00000000000000cc"' <<< "$good"
    echo "$good"
} > manifest.ndjson
adls-put --to file:lake --as raw --manifest manifest.ndjson | jq -c .raw
