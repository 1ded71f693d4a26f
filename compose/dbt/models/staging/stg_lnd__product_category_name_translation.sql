-- English names of product categories now: one row per category.
with landed as (
    {{ current_rows('product_category_name_translation', ['product_category_name']) }}
)

select
    cast(product_category_name as varchar) as product_category_name,
    cast(product_category_name_english as varchar) as product_category_name_english,
    {{ provenance() }}
from landed
