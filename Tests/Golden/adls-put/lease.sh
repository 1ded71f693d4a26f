# One at a time; the command's status is ours.
status() { "$@" || echo "status $?"; }
status adls-put --lease file:lake/_state/run -- bash -c 'adls-put --lease file:lake/_state/run -- echo inside; exit $?'
status adls-put --lease file:lake/_state/run -- echo free again
status adls-put --lease file:lake/_state/run -- bash -c 'exit 3'
status adls-put --lease file:lake/_state/run -- no-such-command
