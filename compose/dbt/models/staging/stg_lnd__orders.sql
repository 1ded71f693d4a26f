-- Orders now: one row per order.
with landed as (
    {{ current_rows('orders', ['order_id']) }}
)

select
    cast(order_id as varchar) as order_id,
    cast(customer_id as varchar) as customer_id,
    cast(order_status as varchar) as order_status,
    cast(order_purchase_timestamp as {{ dbt.type_timestamp() }}) as purchased_at,
    cast(order_approved_at as {{ dbt.type_timestamp() }}) as approved_at,
    cast(order_delivered_carrier_date as {{ dbt.type_timestamp() }}) as shipped_at,
    cast(order_delivered_customer_date as {{ dbt.type_timestamp() }}) as delivered_at,
    cast(order_estimated_delivery_date as date) as estimated_delivery_date,
    {{ provenance() }}
from landed
