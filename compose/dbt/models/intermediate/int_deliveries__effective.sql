-- From when until when each delivery speaks for its file, in business time: from its modified_time until the earliest
-- modified_time of any delivery of the file that came later. So a file put back with its old time withdraws what stood
-- between, and a correction under an unchanged time replaces what it corrects. A deletion has no time of its own; it takes
-- effect when it was noticed.
with deliveries as (
    select
        *,
        case when is_deletion then valid_from else modified_time end as effective_from
    from {{ ref('stg_ops__deliveries') }}
),

horizons as (
    select
        *,
        min(effective_from) over (
            partition by dataset, file_id
            order by valid_from, delivered_at, delivery
            rows between current row and unbounded following
        ) as earliest_from_here
    from deliveries
),

intervals as (
    select
        *,
        coalesce(
            lead(earliest_from_here) over (
                partition by dataset, file_id
                order by valid_from, delivered_at, delivery
            ),
            {{ end_of_time() }}
        ) as effective_to
    from horizons
)

select
    dataset,
    delivery,
    file_id,
    modified_time,
    delivered_at,
    effective_from,
    effective_to
from intervals
where
    not is_deletion
    and effective_from < effective_to
