# Everything is new; what nobody means to deliver is skipped; the dataset comes from the contracts.
mkdir -p drive/Sales drive/Marketing
printf A > drive/Sales/Orders.xlsx
printf N > 'drive/Marketing/Campaign "ideas".xlsx'
printf L > 'drive/Sales/~$Orders.xlsx'
printf H > drive/.DS_Store
touch -d 2018-01-31T12:30:00.123456Z drive/Sales/Orders.xlsx
touch -d 2018-02-01T00:00:00Z drive/Marketing/*
drive-pull file:drive --output pulled --contracts "$GOLDEN_ROOT/compose/contracts"
find pulled -type f | sort
