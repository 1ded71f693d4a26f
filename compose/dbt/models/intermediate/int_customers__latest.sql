{{ config(materialized='table') }}
-- The last that is known of every customer_id, also of those that have vanished from the workbooks: their orders are there
-- still. vanished_at is the end of time for those that stand.
with versions as (
    {{ entity_versions(
        'customers',
        'customer_id',
        ['customer_unique_id', 'customer_zip_code_prefix', 'customer_city', 'customer_state']
    ) | indent(4) }}
)

select
    customer_id,
    customer_unique_id,
    customer_zip_code_prefix,
    customer_city,
    customer_state,
    valid_to as vanished_at
from versions
qualify row_number() over (partition by customer_id order by valid_from desc) = 1
