# Without Dagster it is the command and nothing else.
status() { "$@" || echo "status $?"; }
echo in | status pipes-run --reports none -- bash -c 'cat; echo "$@"; echo said >&2; exit 3' x --reports -- y
status pipes-run -- no-such-command
status pipes-run
