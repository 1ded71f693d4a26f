{{ config(
    materialized='incremental',
    unique_key='order_review_key',
    incremental_strategy='delete+insert',
    on_schema_change='fail',
    post_hook="{{ drop_vanished('stg_lnd__order_reviews', ['review_id', 'order_id']) }}"
) }}
-- One row per review and order. A missing score stays null: it is no score of zero.
with final as (
    select
        {{ surrogate_key(['reviews.review_id', 'reviews.order_id']) }} as order_review_key,
        reviews.review_id,
        reviews.order_id,
        coalesce(orders.customer_key, {{ unknown_key() }}) as customer_key,
        coalesce(orders.order_status_key, {{ unknown_key() }}) as order_status_key,
        coalesce(orders.purchase_date_key, {{ unknown_number() }}) as purchase_date_key,
        coalesce(orders.purchase_time_key, {{ unknown_number() }}) as purchase_time_key,
        {{ date_key('reviews.review_creation_date') }} as creation_date_key,
        {{ date_key('reviews.review_answered_at') }} as answer_date_key,
        {{ time_key('reviews.review_answered_at') }} as answer_time_key,
        reviews.review_score,
        reviews.review_comment_title,
        reviews.review_comment_message,
        reviews.review_comment_message is not null as has_comment,
        reviews.review_creation_date,
        reviews.review_answered_at
    from {{ ref('stg_lnd__order_reviews') }} as reviews
    left join {{ ref('fct_orders') }} as orders on reviews.order_id = orders.order_id
)

{{ changed_rows('final') }}
