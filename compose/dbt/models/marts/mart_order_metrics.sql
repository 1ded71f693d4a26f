-- What each order adds to the KPIs, so that they can be summed up over any choice of months and states. An order of which only
-- reviews are known yet adds its reviews and nothing else. Without a filter the sums are those of mart_kpis.
with reviews as (
    select
        order_id,
        min(purchase_date_key) as purchase_date_key,
        count(review_score) as reviews,
        coalesce(sum(review_score), 0) as review_score_total
    from {{ ref('fct_order_reviews') }}
    group by order_id
),

metrics as (
    select
        orders.order_id,
        orders.purchase_date_key,
        orders.customer_key,
        1 as orders,
        case when orders.counts_as_revenue then 1 else 0 end as revenue_orders,
        orders.revenue,
        orders.freight,
        coalesce(reviews.reviews, 0) as reviews,
        coalesce(reviews.review_score_total, 0) as review_score_total,
        case when orders.is_on_time is not null then 1 else 0 end as judged_deliveries,
        case when orders.is_on_time then 1 else 0 end as on_time_deliveries,
        orders.days_to_deliver,
        orders.is_repeat_order
    from {{ ref('fct_orders') }} as orders
    left join reviews on orders.order_id = reviews.order_id
    union all
    select
        reviews.order_id,
        reviews.purchase_date_key,
        {{ unknown_key() }} as customer_key,
        0 as orders,
        0 as revenue_orders,
        0 as revenue,
        0 as freight,
        reviews.reviews,
        reviews.review_score_total,
        0 as judged_deliveries,
        0 as on_time_deliveries,
        null as days_to_deliver,
        false as is_repeat_order
    from reviews
    where
        not exists (
            select 1
            from {{ ref('fct_orders') }} as orders
            where orders.order_id = reviews.order_id
        )
)

select
    metrics.order_id,
    dates.month_key,
    dates.month_start,
    coalesce(customers.customer_state, 'unknown') as customer_state,
    case when customers.customer_key <> {{ unknown_key() }} then customers.customer_unique_id end as customer_unique_id,
    cast(metrics.orders as integer) as orders,
    cast(metrics.revenue_orders as integer) as revenue_orders,
    cast(metrics.revenue as decimal(18, 2)) as revenue,
    cast(metrics.freight as decimal(18, 2)) as freight,
    cast(metrics.reviews as integer) as reviews,
    cast(metrics.review_score_total as integer) as review_score_total,
    cast(metrics.judged_deliveries as integer) as judged_deliveries,
    cast(metrics.on_time_deliveries as integer) as on_time_deliveries,
    cast(metrics.days_to_deliver as integer) as days_to_deliver,
    metrics.is_repeat_order
from metrics
inner join {{ ref('dim_date') }} as dates on metrics.purchase_date_key = dates.date_key
inner join {{ ref('dim_customer') }} as customers on metrics.customer_key = customers.customer_key
