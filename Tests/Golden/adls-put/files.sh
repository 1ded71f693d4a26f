# Files and folders that are no deliveries: the same content twice is fine, another one is not, unless asked.
mkdir -p in/sub
printf one > in/a.txt
printf two > 'in/sub/b c.txt'
status() { "$@" || echo "status $?"; }
status adls-put in --to file:lake/x/
status adls-put in --to file:lake/x/ | jq -c .status
printf ONE > in/a.txt
status adls-put in/a.txt --to file:lake/x/a.txt
status adls-put in/a.txt --to file:lake/x/a.txt --if-exists skip | jq -c '[.status, .bytes]'
status adls-put in/a.txt --to file:lake/x/a.txt --if-match '"0"'
status adls-put in/a.txt --to file:lake/x/a.txt --if-match "$(adls-put --list file:lake/x/a.txt | jq -r .etag)" | jq -c .status
adls-put --cat file:lake/x/
echo
status adls-put in/a.txt in/sub --to file:lake/y/ --dry-run
status adls-put in/a.txt --to 'file:lake/z/{stem}-copy.{ext}' | jq -r .url
