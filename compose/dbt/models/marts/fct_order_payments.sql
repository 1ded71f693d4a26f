{{ config(
    materialized='incremental',
    unique_key='order_payment_key',
    incremental_strategy='delete+insert',
    on_schema_change='fail',
    post_hook="{{ drop_vanished('stg_lnd__order_payments', ['order_id', 'payment_sequential']) }}"
) }}
-- One row per payment of an order.
with final as (
    select
        {{ surrogate_key(['payments.order_id', 'payments.payment_sequential']) }} as order_payment_key,
        payments.order_id,
        payments.payment_sequential,
        coalesce(payment_types.payment_type_key, {{ unknown_key() }}) as payment_type_key,
        coalesce(orders.customer_key, {{ unknown_key() }}) as customer_key,
        coalesce(orders.order_status_key, {{ unknown_key() }}) as order_status_key,
        coalesce(orders.purchase_date_key, {{ unknown_number() }}) as purchase_date_key,
        coalesce(orders.purchase_time_key, {{ unknown_number() }}) as purchase_time_key,
        payments.payment_installments,
        payments.payment_value
    from {{ ref('stg_lnd__order_payments') }} as payments
    left join {{ ref('dim_payment_type') }} as payment_types on payments.payment_type = payment_types.payment_type
    left join {{ ref('fct_orders') }} as orders on payments.order_id = orders.order_id
)

{{ changed_rows('final') }}
