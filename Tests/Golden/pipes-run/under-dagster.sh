# Every message is byte for byte what Dagster takes; the command's failure names the program of the pipe.
parameter() { python3 -c 'import base64, sys, zlib; print(base64.b64encode(zlib.compress(sys.argv[1].encode())).decode())' "$1"; }
mkdir -p run/d
echo '{"program":"clean","exit_status":65,"error":"in.ndjson:2: no JSON","counts":{"read":1}}' > run/d/clean.json
echo '{"program":"xlsx2ndjson","exit_status":141,"error":null,"counts":{}}' > run/d/read.json
echo '{"delivery":"d1","dataset":"orders","file":{"drive_path":"Orders.xlsx"},"process":{"rows":{"emitted":2}},"load":{"status":"current","rows":2}}' > run/loaded.ndjson
cat > context <<'END'
{"asset_keys": ["lnd/orders"], "partition_key": null, "partition_key_range": null, "run_id": "r", "job_name": "j", "retry_number": 0, "extras": {"assets": {"lnd/orders": {"step": "load", "dataset": "orders", "checks": ["deliveries_good", "landed_rows_agree"]}}}}
END
: > messages
export DAGSTER_PIPES_CONTEXT DAGSTER_PIPES_MESSAGES
DAGSTER_PIPES_CONTEXT=$(parameter '{"path": "context"}') DAGSTER_PIPES_MESSAGES=$(parameter '{"path": "messages"}')
pipes-run --reports run -- bash -c 'echo "load: warning: odd" >&2; exit 65' || echo "status $?"
cat messages
