-- What the workbooks said of each product over time.
{{ entity_versions(
    'products',
    'product_id',
    [
        'product_category_name',
        'product_name_length',
        'product_description_length',
        'product_photos_qty',
        'product_weight_g',
        'product_length_cm',
        'product_height_cm',
        'product_width_cm',
    ]
) }}
