{{ config(
    materialized='incremental',
    unique_key='order_item_key',
    incremental_strategy='delete+insert',
    on_schema_change='fail',
    post_hook="{{ drop_vanished('stg_lnd__order_items', ['order_id', 'order_item_id']) }}"
) }}
-- One row per order item, with the product and the seller as they were when the order was placed. An item whose order has not
-- arrived makes no revenue yet.
with final as (
    select
        {{ surrogate_key(['items.order_id', 'items.order_item_id']) }} as order_item_key,
        items.order_id,
        items.order_item_id,
        coalesce(products.product_key, {{ unknown_key() }}) as product_key,
        coalesce(sellers.seller_key, {{ unknown_key() }}) as seller_key,
        coalesce(orders.customer_key, {{ unknown_key() }}) as customer_key,
        coalesce(orders.order_status_key, {{ unknown_key() }}) as order_status_key,
        coalesce(orders.purchase_date_key, {{ unknown_number() }}) as purchase_date_key,
        coalesce(orders.purchase_time_key, {{ unknown_number() }}) as purchase_time_key,
        {{ date_key('items.shipping_limit_at') }} as shipping_limit_date_key,
        orders.purchased_at,
        items.shipping_limit_at,
        items.price,
        items.freight_value,
        coalesce(orders.counts_as_revenue, false) as counts_as_revenue,
        cast(case when orders.counts_as_revenue then items.price else 0 end as decimal(12, 2)) as revenue,
        cast(case when orders.counts_as_revenue then items.freight_value else 0 end as decimal(12, 2)) as freight
    from {{ ref('stg_lnd__order_items') }} as items
    left join {{ ref('fct_orders') }} as orders on items.order_id = orders.order_id
    left join {{ ref('dim_product') }} as products
        on
            items.product_id = products.product_id
            and {{ valid_at(lookup_time('orders.purchased_at'), 'products') }}
    left join {{ ref('dim_seller') }} as sellers
        on
            items.seller_id = sellers.seller_id
            and {{ valid_at(lookup_time('orders.purchased_at'), 'sellers') }}
)

{{ changed_rows('final') }}
