# The report does not take the place of what is put, fetched or listed in a manifest: status 64, and nothing is done.
printf 'bytes' > a.txt
cp a.txt before.txt
status=0
adls-put a.txt --to file:lake/a.txt --report ./a.txt || status=$?
adls-put --to file:lake --as raw --manifest a.txt --report a.txt || true
adls-put --get file:before.txt -o got.txt --report got.txt || true
cmp a.txt before.txt
ls
exit $status
