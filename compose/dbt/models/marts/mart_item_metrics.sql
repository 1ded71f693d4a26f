-- What each order item adds to the KPIs, with what people filter and group by: month, state of the customer, category, seller.
select
    items.order_item_key,
    items.order_id,
    dates.month_key,
    dates.month_start,
    coalesce(customers.customer_state, 'unknown') as customer_state,
    products.product_id,
    products.product_category_name_english as category,
    sellers.seller_id,
    coalesce(sellers.seller_state, 'unknown') as seller_state,
    items.revenue,
    items.freight
from {{ ref('fct_order_items') }} as items
inner join {{ ref('dim_date') }} as dates on items.purchase_date_key = dates.date_key
inner join {{ ref('dim_customer') }} as customers on items.customer_key = customers.customer_key
inner join {{ ref('dim_product') }} as products on items.product_key = products.product_key
inner join {{ ref('dim_seller') }} as sellers on items.seller_key = sellers.seller_key
