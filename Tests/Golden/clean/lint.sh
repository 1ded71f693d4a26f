# --lint names file, line and property of each error.
sed 's/minimum: 1,/minimun: 1,/; s/headerMatch: snake/headerMatch: snakes/' "$GOLDEN_DATA/clean/codes.odcs.yaml" > bad.odcs.yaml
clean --lint "$GOLDEN_DATA/clean/codes.odcs.yaml"
clean --lint bad.odcs.yaml
