-- Customers now: one row per customer_id, which stands for one order; the person is customer_unique_id.
with landed as (
    {{ current_rows('customers', ['customer_id']) }}
)

select
    cast(customer_id as varchar) as customer_id,
    cast(customer_unique_id as varchar) as customer_unique_id,
    cast(customer_zip_code_prefix as varchar) as customer_zip_code_prefix,
    cast(customer_city as varchar) as customer_city,
    cast(customer_state as varchar) as customer_state,
    {{ provenance() }}
from landed
