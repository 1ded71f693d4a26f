# Options that contradict themselves, or ask for what is not there.
try() { sf-copy "$@" </dev/null >/dev/null 2>message && status=0 || status=$?; echo "$status $(head -n 1 message)"; }
things=$GOLDEN_DATA/sf-copy/contracts/things.odcs.yaml
try --to duckdb:w.duckdb
try --to duckdb: --create
try --to postgres:x --create
try --to snowflake:prod --create
SNOWFLAKE_ACCOUNT=org-acct try --to snowflake: --create
SNOWFLAKE_ACCOUNT=org-acct try --to snowflake: --database ecom --create
SNOWFLAKE_ACCOUNT=org-acct SNOWFLAKE_AUTHENTICATOR=externalbrowser try --to snowflake: --database ecom --create
SNOWFLAKE_ACCOUNT=org-acct SNOWFLAKE_USER=u SNOWFLAKE_PRIVATE_KEY_FILE=nothing.p8 try --to snowflake: --database ecom --create
try --to duckdb:w.duckdb --manifest -
try --to duckdb:w.duckdb --pending
try --to duckdb:w.duckdb --evolve --contract "$things" --manifest -
try --to duckdb:w.duckdb --mode append --contract "$things"
try --to duckdb:w.duckdb --contract "$things" a.parquet
try --to duckdb:w.duckdb --mode append a.parquet
try --to duckdb:w.duckdb --mode merge --contract "$things" nothing.parquet
try --to duckdb:w.duckdb --mode append --table things --contract "$things" nothing.parquet
try --to duckdb:w.duckdb --table x.things --contract "$things" --manifest -
try --to duckdb:w.duckdb --accept xyz
try --to duckdb:w.duckdb --accept 00000000000000a1 --marts-due x
try --to duckdb:w.duckdb --lock-timeout=-1 --create
try --to duckdb:w.duckdb --contract nothing.yaml --create
try --to duckdb:w.duckdb --contract "$things" --manifest nothing.ndjson
try --to duckdb:w.duckdb --contract "$things" --manifest -
try --to duckdb:w.duckdb --accept 00000000000000a1
try --to duckdb:w.duckdb --marts-due x
SLUICE_DUCKDB=/nowhere try --to duckdb:w.duckdb --create
programs=${PATH%%:*}
SLUICE_DUCKDB="" PATH=$programs sf-copy --to duckdb:w.duckdb --create || echo $?
