# Against the records: a changed file, an unchanged one, a deleted one; an acceptance among the records is passed over.
mkdir drive
printf A > drive/a.xlsx
printf B > drive/b.xlsx
touch -d 2018-01-31T12:30:00Z drive/*
drive-pull -q file:drive --output pulled > first.ndjson
jq -c '.delivered_at = "2026-01-01T00:00:00.000Z"' first.ndjson > known.ndjson
echo '{"delivery":"0123456789abcdef","accepted_at":"2026-01-02T00:00:00.000Z","accepted_by":"me"}' >> known.ndjson
sed -n 1p known.ndjson | jq -c '.file.id = "c.xlsx" | .file.drive_path = "c.xlsx" | .file.name = "c.xlsx"' > gone.ndjson
cat gone.ndjson >> known.ndjson
printf B2 > drive/b.xlsx
touch -d 2018-02-01T12:30:00Z drive/b.xlsx
drive-pull file:drive --output pulled --known - < known.ndjson | jq -c '[.status, .file.id, .file.version[:8], .delivery, .path]'
drive-pull -q file:drive --output pulled --known known.ndjson --only all | jq -c '[.status, .file.id, .delivered_at]'
