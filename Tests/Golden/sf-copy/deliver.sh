# A delivery, the same again, a shrunken one, its acceptance, and the deletion of the file.
to=duckdb:w.duckdb contracts=$GOLDEN_DATA/sf-copy/contracts
sf-copy --to "$to" --contracts "$contracts" --create >/dev/null
mkdir lake
"$SLUICE_DUCKDB" -init /dev/null -c "
    COPY (SELECT 'id' || n AS id, n / 4 AS price, NULL::VARCHAR AS _extra, 'Shop/Things.xlsx' AS _source_file,
        'Sheet1' AS _source_sheet, n + 2 AS _source_row FROM range(10) t(n)) TO 'lake/part-0.parquet' (FORMAT parquet);
    COPY (FROM 'lake/part-0.parquet' LIMIT 1) TO 'lake/part-1.parquet' (FORMAT parquet)"
sf-copy --to "$to" --contracts "$contracts" --pending --quiet <"$GOLDEN_DATA/sf-copy/records.ndjson" |
    jq -c 'del(.accepted_at) | if .status == "new" then
        (if .delivery == "00000000000000a1" then [10, 0] else [1, 1] end) as [$rows, $part]
        | .process += {contract: {id: "things", version: "1.0.0", sha256: "x"},
            rows: {read: $rows, emitted: $rows, rejected: 0, duplicates: 0, blank: 0},
            parts: [{path: "part", rows: $rows, bytes: null, sha256: null}], rejects: null}
        | .processed = [{url: "file:lake/part-\($part).parquet", etag: null}] else . end' >manifest.ndjson
load() { sf-copy --to "$to" --contract "$contracts/things.odcs.yaml" --manifest - --run "$1" | jq -c '[.delivery, .load.status, .load.rows, .load.reason]'; }
head -n 1 manifest.ndjson | load first
head -n 1 manifest.ndjson | load again
load all <manifest.ndjson || echo "status $?"
sf-copy --to "$to" --accept 00000000000000a2 --accepted-by Ana | jq -c '.accepted_at |= test("^20..-..-..T..:..:..[.]...Z$")'
load rest <manifest.ndjson
"$SLUICE_DUCKDB" -init /dev/null -readonly -jsonlines w.duckdb -c "
    SELECT delivery, status, rows_landed, run, valid_to IS NULL AS is_open FROM ops.deliveries ORDER BY delivery;
    SELECT _delivery, count(*) AS rows, sum(price) AS price FROM lnd.things GROUP BY 1 ORDER BY 1"
