# Looking into a lake: a folder that is not there yet is empty, a file that is not there is an error.
status() { "$@" || echo "status $?"; }
status adls-put --cat file:lake/_deliveries/
status adls-put --list file:lake/
status adls-put --cat file:lake/nothing
mkdir -p lake/a
printf '{"x":1}' > lake/a/1.json
printf '{"x":2}\n' > lake/a/2.json
printf 'temporary' > lake/a/.sluice-0123456789abcdef.tmp
touch -d 2018-01-31T12:30:00Z lake/a/*
status adls-put --cat file:lake/a
status adls-put --list file:lake/
status adls-put --get file:lake/a/1.json -o out/one.json
cat out/one.json
echo
status adls-put --get file:lake/a/1.json -o out/two.json --sha256 "$(printf x | sha256sum | cut -d ' ' -f 1)"
status adls-put --get file:lake/a -o out/two.json
status adls-put --get file:lake/a/3.json -o out/two.json
ls out
