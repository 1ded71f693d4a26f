-- The statuses an order goes through, and any other that is seen. counts_as_revenue says which orders make revenue: defined
-- here, used everywhere.
{%- set known = [
    ('created', 1), ('approved', 2), ('invoiced', 3), ('processing', 4), ('shipped', 5), ('delivered', 6),
    ('unavailable', 7), ('canceled', 8),
] %}
with statuses as (
    {% for status, position in known -%}
    select '{{ status }}' as order_status, {{ position }} as sort_order
    union all
    {% endfor -%}
    select distinct order_status, 90 as sort_order
    from {{ ref('stg_lnd__orders') }}
    where
        order_status not in (
            {% for status, position in known %}'{{ status }}'{{ ', ' if not loop.last }}{% endfor %}
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
