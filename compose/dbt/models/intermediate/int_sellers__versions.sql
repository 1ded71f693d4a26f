-- What the workbooks said of each seller over time.
{{ entity_versions(
    'sellers',
    'seller_id',
    ['seller_zip_code_prefix', 'seller_city', 'seller_state']
) }}
