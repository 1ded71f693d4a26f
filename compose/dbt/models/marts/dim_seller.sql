-- One row per seller and address.
with versions as (
    select
        seller_id,
        seller_zip_code_prefix,
        seller_city,
        seller_state,
        version_number,
        {{ version_columns() }}
    from {{ ref('int_sellers__versions') }}
)

select
    {{ surrogate_key(['seller_id', timestamp_text('valid_from')]) }} as seller_key,
    seller_id,
    seller_zip_code_prefix,
    seller_city,
    seller_state,
    version_number,
    valid_from,
    valid_to,
    is_current
from versions
union all
select
    {{ unknown_key() }} as seller_key,
    'unknown' as seller_id,
    null as seller_zip_code_prefix,
    null as seller_city,
    null as seller_state,
    1 as version_number,
    {{ beginning_of_time() }} as valid_from,
    {{ end_of_time() }} as valid_to,
    true as is_current
