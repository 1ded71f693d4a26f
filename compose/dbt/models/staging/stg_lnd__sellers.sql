-- Sellers now: one row per seller.
with landed as (
    {{ current_rows('sellers', ['seller_id']) }}
)

select
    cast(seller_id as varchar) as seller_id,
    cast(seller_zip_code_prefix as varchar) as seller_zip_code_prefix,
    cast(seller_city as varchar) as seller_city,
    cast(seller_state as varchar) as seller_state,
    {{ provenance() }}
from landed
