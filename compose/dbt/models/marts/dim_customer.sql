-- One row per person and address, dated by the orders that carry the address: a version begins with the first order that
-- carries it, the first one at the beginning of time. It ends when an order carries another, or when every customer_id that
-- carried it has vanished from the workbooks (but never before its last order).
with customers as (
    select
        *,
        {{ surrogate_key(['customer_zip_code_prefix', 'customer_city', 'customer_state']) }} as address
    from {{ ref('int_customers__latest') }}
    where customer_unique_id is not null
),

-- Of two orders at the same instant the greater order_id speaks: an address cannot change within no time.
carried as (
    select
        customers.*,
        orders.purchased_at
    from {{ ref('stg_lnd__orders') }} as orders
    inner join customers on orders.customer_id = customers.customer_id
    where orders.purchased_at is not null
    qualify row_number() over (
        partition by customers.customer_unique_id, orders.purchased_at
        order by orders.order_id desc
    ) = 1
),

neighbours as (
    select
        *,
        case
            when lag(address) over (partition by customer_unique_id order by purchased_at) = address then 0
            else 1
        end as begins_version
    from carried
),

numbered as (
    select
        *,
        cast(
            sum(begins_version) over (
                partition by customer_unique_id
                order by purchased_at
                rows between unbounded preceding and current row
            ) as integer
        ) as version_number
    from neighbours
),

by_orders as (
    select
        customer_unique_id,
        customer_zip_code_prefix,
        customer_city,
        customer_state,
        version_number,
        min(purchased_at) as valid_from,
        max(purchased_at) as last_purchased_at,
        max(vanished_at) as vanished_at
    from numbered
    group by
        customer_unique_id, customer_zip_code_prefix, customer_city, customer_state, version_number
),

ended as (
    select
        *,
        least(
            coalesce(
                lead(valid_from) over (partition by customer_unique_id order by version_number),
                {{ end_of_time() }}
            ),
            case
                when vanished_at = {{ end_of_time() }} then vanished_at
                else greatest(vanished_at, {{ dbt.dateadd('second', 1, 'last_purchased_at') }})
            end
        ) as valid_to
    from by_orders
),

-- People of whom no order is known have the one address that was told last.
without_orders as (
    select *
    from customers
    where
        not exists (
            select 1
            from carried
            where carried.customer_unique_id = customers.customer_unique_id
        )
    qualify row_number() over (
        partition by customer_unique_id
        order by vanished_at desc, customer_id desc
    ) = 1
),

versions as (
    select
        customer_unique_id,
        customer_zip_code_prefix,
        customer_city,
        customer_state,
        version_number,
        {{ version_columns() }}
    from ended
    union all
    select
        customer_unique_id,
        customer_zip_code_prefix,
        customer_city,
        customer_state,
        1 as version_number,
        {{ beginning_of_time() }} as valid_from,
        vanished_at as valid_to,
        vanished_at = {{ end_of_time() }} as is_current
    from without_orders
)

select
    {{ surrogate_key(['customer_unique_id', timestamp_text('valid_from')]) }} as customer_key,
    customer_unique_id,
    customer_zip_code_prefix,
    customer_city,
    customer_state,
    version_number,
    valid_from,
    valid_to,
    is_current
from versions
union all
select
    {{ unknown_key() }} as customer_key,
    'unknown' as customer_unique_id,
    null as customer_zip_code_prefix,
    null as customer_city,
    null as customer_state,
    1 as version_number,
    {{ beginning_of_time() }} as valid_from,
    {{ end_of_time() }} as valid_to,
    true as is_current
