# --sources writes a dbt source of the landing tables.
clean --sources "$GOLDEN_ROOT/compose/contracts/sellers.odcs.yaml" | head -n 12
