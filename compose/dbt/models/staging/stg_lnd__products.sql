-- Products now: one row per product.
with landed as (
    {{ current_rows('products', ['product_id']) }}
)

select
    cast(product_id as varchar) as product_id,
    cast(product_category_name as varchar) as product_category_name,
    cast(product_name_length as integer) as product_name_length,
    cast(product_description_length as integer) as product_description_length,
    cast(product_photos_qty as integer) as product_photos_qty,
    cast(product_weight_g as integer) as product_weight_g,
    cast(product_length_cm as integer) as product_length_cm,
    cast(product_height_cm as integer) as product_height_cm,
    cast(product_width_cm as integer) as product_width_cm,
    {{ provenance() }}
from landed
