-- Orders now: one row per order.
with landed as (
    {{ current_rows('orders', ['order_id']) }}
)

select
    cast(order_id as varchar) as order_id,
    cast(customer_id as varchar) as customer_id,
    cast(order_status as varchar) as order_status,
    cast(order_purchase_timestamp as datetime) as purchased_at,
    cast(order_approved_at as datetime) as approved_at,
    cast(order_delivered_carrier_date as datetime) as shipped_at,
    cast(order_delivered_customer_date as datetime) as delivered_at,
    cast(order_estimated_delivery_date as date) as estimated_delivery_date,
    {{ provenance() }}
from landed
