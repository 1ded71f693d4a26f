{{ config(
    materialized='incremental',
    unique_key='order_key',
    incremental_strategy='delete+insert',
    on_schema_change='fail',
    post_hook="{{ drop_vanished('stg_lnd__orders', ['order_id']) }}"
) }}
-- One row per order, with the moments of its delivery and the sums of its items and payments. The other facts take the order's
-- customer, status and purchase keys from here.
with orders as (
    select
        orders.*,
        customers.customer_unique_id,
        coalesce(statuses.order_status_key, {{ unknown_key() }}) as order_status_key,
        coalesce(statuses.counts_as_revenue, false) as counts_as_revenue,
        coalesce(statuses.is_delivered, false) as is_delivered
    from {{ ref('stg_lnd__orders') }} as orders
    left join {{ ref('int_customers__latest') }} as customers on orders.customer_id = customers.customer_id
    left join {{ ref('dim_order_status') }} as statuses on orders.order_status = statuses.order_status
),

items as (
    select
        order_id,
        cast(count(*) as integer) as item_count,
        sum(price) as price,
        sum(freight_value) as freight_value
    from {{ ref('stg_lnd__order_items') }}
    group by order_id
),

payments as (
    select
        order_id,
        sum(payment_value) as payment_value
    from {{ ref('stg_lnd__order_payments') }}
    group by order_id
),

-- Whoever has no customer_unique_id is nobody's repeat.
numbered as (
    select
        order_id,
        cast(
            row_number() over (partition by customer_unique_id order by purchased_at, order_id) as integer
        ) as customer_order_number
    from orders
    where customer_unique_id is not null and purchased_at is not null
),

final as (
    select
        {{ surrogate_key(['orders.order_id']) }} as order_key,
        orders.order_id,
        coalesce(dim_customer.customer_key, {{ unknown_key() }}) as customer_key,
        orders.order_status_key,
        {{ date_key('orders.purchased_at') }} as purchase_date_key,
        {{ time_key('orders.purchased_at') }} as purchase_time_key,
        {{ date_key('orders.approved_at') }} as approved_date_key,
        {{ date_key('orders.shipped_at') }} as shipped_date_key,
        {{ date_key('orders.delivered_at') }} as delivered_date_key,
        {{ date_key('orders.estimated_delivery_date') }} as estimated_delivery_date_key,
        orders.purchased_at,
        orders.approved_at,
        orders.shipped_at,
        orders.delivered_at,
        orders.estimated_delivery_date,
        numbered.customer_order_number,
        coalesce(numbered.customer_order_number > 1, false) as is_repeat_order,
        orders.counts_as_revenue,
        coalesce(items.item_count, 0) as item_count,
        cast(coalesce(items.price, 0) as decimal(18, 2)) as price,
        cast(coalesce(items.freight_value, 0) as decimal(18, 2)) as freight_value,
        cast(case when orders.counts_as_revenue then coalesce(items.price, 0) else 0 end as decimal(18, 2)) as revenue,
        cast(
            case when orders.counts_as_revenue then coalesce(items.freight_value, 0) else 0 end as decimal(18, 2)
        ) as freight,
        cast(coalesce(payments.payment_value, 0) as decimal(18, 2)) as payment_value,
        orders.is_delivered,
        cast({{ dbt.datediff('orders.purchased_at', 'orders.delivered_at', 'day') }} as integer) as days_to_deliver,
        cast(
            {{ dbt.datediff('orders.estimated_delivery_date', 'cast(orders.delivered_at as date)', 'day') }} as integer
        ) as days_late,
        case
            when orders.is_delivered then cast(orders.delivered_at as date) <= orders.estimated_delivery_date
        end as is_on_time
    from orders
    left join {{ ref('dim_customer') }} as dim_customer
        on
            orders.customer_unique_id = dim_customer.customer_unique_id
            and {{ valid_at(lookup_time('orders.purchased_at'), 'dim_customer') }}
    left join items on orders.order_id = items.order_id
    left join payments on orders.order_id = payments.order_id
    left join numbered on orders.order_id = numbered.order_id
)

{{ changed_rows('final') }}
