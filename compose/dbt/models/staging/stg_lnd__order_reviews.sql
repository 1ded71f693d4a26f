-- Reviews now: one row per review and order, since a review may stand under several orders.
with landed as (
    {{ current_rows('order_reviews', ['review_id', 'order_id']) }}
)

select
    cast(review_id as varchar) as review_id,
    cast(order_id as varchar) as order_id,
    cast(review_score as integer) as review_score,
    cast(review_comment_title as varchar) as review_comment_title,
    cast(review_comment_message as varchar) as review_comment_message,
    cast(review_creation_date as date) as review_creation_date,
    cast(review_answer_timestamp as datetime) as review_answered_at,
    {{ provenance() }}
from landed
