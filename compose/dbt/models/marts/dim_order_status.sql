-- The statuses an order goes through, and any other that is seen. counts_as_revenue says which orders make revenue: defined
-- here, used everywhere.
{%- set known = [
    ('created', 1), ('approved', 2), ('invoiced', 3), ('processing', 4), ('shipped', 5), ('delivered', 6),
    ('unavailable', 7), ('canceled', 8),
] %}
with known as (
    {% for status, position in known -%}
    select
        '{{ status }}' as order_status,
        {{ position }} as sort_order
    {{ 'union all' if not loop.last }}
    {% endfor -%}
),

statuses as (
    select
        order_status,
        sort_order
    from known
    union all
    select distinct
        orders.order_status,
        90 as sort_order
    from {{ ref('stg_lnd__orders') }} as orders
    where
        orders.order_status is not null
        and not exists (
            select 1
            from known
            where known.order_status = orders.order_status
        )
)

select
    {{ surrogate_key(['order_status']) }} as order_status_key,
    cast(order_status as varchar) as order_status,
    order_status not in ('canceled', 'unavailable') as counts_as_revenue,
    order_status = 'delivered' as is_delivered,
    sort_order
from statuses
union all
select
    {{ unknown_key() }} as order_status_key,
    'unknown' as order_status,
    false as counts_as_revenue,
    false as is_delivered,
    99 as sort_order
