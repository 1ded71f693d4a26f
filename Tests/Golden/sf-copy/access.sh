# DuckDB has no roles: a contract's roles and classifications add no statement, and are told of once.
sed 's/^    properties:/&\n      - {name: city, logicalType: string, physicalType: VARCHAR, classification: confidential}/' \
    "$GOLDEN_DATA/sf-copy/contracts/things.odcs.yaml" >things.odcs.yaml
echo 'roles: [{role: ANALYST, access: read}]' >>things.odcs.yaml
create() { sf-copy --to duckdb:w.duckdb --contract things.odcs.yaml --create "$@"; }
create --dry-run | grep -cE "GRANT|MASKING|TAG" || true
create >/dev/null
create --access grants | jq -r '"\(.table) \(.action)"' | tail -n 1
create --access some 2>&1 | head -n 1 >&2
