{# The KPIs, defined once. With a period (columns of dim_date, the first one its key) one row per period of purchase, without
   one row over everything.
     orders                 all orders
     revenue                price without freight, over orders neither canceled nor unavailable (dim_order_status)
     freight                freight of the same orders
     average_order_value    revenue / revenue_orders
     average_review_score   over all reviews that give a score
     on_time_rate           delivered on or before the estimated day, over delivered orders of which both days are known
     repeat_rate            customers with an order that is not their first, over customers with an order #}
{% macro kpis(period=[]) -%}
with order_kpis as (
    select
        {% for column in period -%}
        dates.{{ column }},
        {% endfor -%}
        count(*) as orders,
        sum(case when orders.counts_as_revenue then 1 else 0 end) as revenue_orders,
        sum(orders.revenue) as revenue,
        sum(orders.freight) as freight,
        sum(case when orders.is_on_time is not null then 1 else 0 end) as judged_deliveries,
        sum(case when orders.is_on_time then 1 else 0 end) as on_time_deliveries,
        count(distinct case when customers.customer_key <> {{ unknown_key() }} then customers.customer_unique_id end) as customers,
        count(
            distinct case
                when orders.is_repeat_order and customers.customer_key <> {{ unknown_key() }}
                    then customers.customer_unique_id
            end
        ) as repeat_customers
    from {{ ref('fct_orders') }} as orders
    inner join {{ ref('dim_customer') }} as customers on orders.customer_key = customers.customer_key
    {% if period -%}
    inner join {{ ref('dim_date') }} as dates on orders.purchase_date_key = dates.date_key
    group by {% for column in period %}dates.{{ column }}{{ ', ' if not loop.last }}{% endfor %}
    {%- endif %}
),

review_kpis as (
    select
        {% for column in period -%}
        dates.{{ column }},
        {% endfor -%}
        count(reviews.review_score) as reviews,
        sum(reviews.review_score) as review_score_total
    from {{ ref('fct_order_reviews') }} as reviews
    {% if period -%}
    inner join {{ ref('dim_date') }} as dates on reviews.purchase_date_key = dates.date_key
    group by {% for column in period %}dates.{{ column }}{{ ', ' if not loop.last }}{% endfor %}
    {%- endif %}
)

select
    {% for column in period -%}
    coalesce(order_kpis.{{ column }}, review_kpis.{{ column }}) as {{ column }},
    {% endfor -%}
    cast(coalesce(order_kpis.orders, 0) as bigint) as orders,
    cast(coalesce(order_kpis.revenue_orders, 0) as bigint) as revenue_orders,
    cast(coalesce(order_kpis.revenue, 0) as decimal(18, 2)) as revenue,
    cast(coalesce(order_kpis.freight, 0) as decimal(18, 2)) as freight,
    cast(order_kpis.revenue / nullif(order_kpis.revenue_orders, 0) as decimal(18, 6)) as average_order_value,
    cast(coalesce(review_kpis.reviews, 0) as bigint) as reviews,
    cast(review_kpis.review_score_total / nullif(review_kpis.reviews, 0) as decimal(7, 6)) as average_review_score,
    cast(coalesce(order_kpis.judged_deliveries, 0) as bigint) as judged_deliveries,
    cast(coalesce(order_kpis.on_time_deliveries, 0) as bigint) as on_time_deliveries,
    cast(order_kpis.on_time_deliveries / nullif(order_kpis.judged_deliveries, 0) as decimal(7, 6)) as on_time_rate,
    cast(coalesce(order_kpis.customers, 0) as bigint) as customers,
    cast(coalesce(order_kpis.repeat_customers, 0) as bigint) as repeat_customers,
    cast(order_kpis.repeat_customers / nullif(order_kpis.customers, 0) as decimal(7, 6)) as repeat_rate
from order_kpis
{% if period -%}
full outer join review_kpis on order_kpis.{{ period[0] }} = review_kpis.{{ period[0] }}
{%- else -%}
cross join review_kpis
{%- endif %}
{%- endmacro %}
