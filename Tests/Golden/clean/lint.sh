# --lint names file, line and property of each error; with -v it shows what date formats read.
sed 's/minimum: 1,/minimun: 1,/; s/headerMatch: snake/headerMatch: snakes/' "$GOLDEN_DATA/clean/codes.odcs.yaml" > bad.odcs.yaml
clean --lint "$GOLDEN_DATA/clean/codes.odcs.yaml"
cd "$GOLDEN_ROOT/compose/contracts"
clean --lint -v orders.odcs.yaml
clean --lint order_items.odcs.yaml orders.odcs.yaml products.odcs.yaml
clean --lint *.odcs.yaml
cd "$OLDPWD"
clean --lint bad.odcs.yaml
