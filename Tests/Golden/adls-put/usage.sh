# What is wrong with the command line is told in one line and ends with 64.
status() { "$@" || echo "status $?"; }
status adls-put
status adls-put --list file:a --cat file:b
status adls-put --to file:lake --as raw
status adls-put --to file:lake --as raw --manifest m --if-exists replace
status adls-put --to 'file:lake/raw/{nonsense}' --as raw --manifest m
status adls-put --to 'file:lake/{dataset}' --as raw --manifest m
status adls-put --to s3://bucket/x file
status adls-put --get file:lake/x
status adls-put --lease file:lake/run
status adls-put --list file:lake extra
