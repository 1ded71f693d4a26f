-- Payments now: one row per order and payment.
with landed as (
    {{ current_rows('order_payments', ['order_id', 'payment_sequential']) }}
)

select
    cast(order_id as varchar) as order_id,
    cast(payment_sequential as integer) as payment_sequential,
    cast(payment_type as varchar) as payment_type,
    cast(payment_installments as integer) as payment_installments,
    cast(payment_value as decimal(12, 2)) as payment_value,
    {{ provenance() }}
from landed
