# Records that cannot be read must not make everything look new.
mkdir drive
printf A > drive/a.xlsx
status() { "$@" || echo "status $?"; }
echo '{"delivery":' > cut.ndjson
echo '{"delivery":"0123456789abcdef"}' > other.ndjson
status drive-pull file:drive --output pulled --known cut.ndjson
status drive-pull file:drive --output pulled --known other.ndjson
status drive-pull file:drive --output pulled --known missing.ndjson
ls
