-- The revenue of the KPIs equals that of the landing tables to the cent: prices of the items that count, over orders that are
-- neither canceled nor unavailable.
with items as (
    select * from ({{ believed_rows('order_items', ['order_id', 'order_item_id'], ['price']) }}) as believed
),

orders as (
    select * from ({{ believed_rows('orders', ['order_id'], ['order_status']) }}) as believed
),

landed as (
    select coalesce(sum(items.price), 0) as revenue
    from items
    inner join orders on items.order_id = orders.order_id
    where orders.order_status not in ('canceled', 'unavailable')
)

select
    landed.revenue as landed_revenue,
    kpis.revenue
from landed
cross join {{ ref('mart_kpis') }} as kpis
where landed.revenue <> kpis.revenue
