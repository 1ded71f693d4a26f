-- The deliveries that are or were good, as known now or at as_of. Quarantined and failed ones have no interval and are
-- not here; nor is a delivery that was accepted when a newer one already stood (its interval is empty).
{%- set as_of = as_of() %}
with deliveries as (
    select
        cast(dataset as varchar) as dataset,
        cast(delivery as varchar) as delivery,
        cast(file_id as varchar) as file_id,
        cast(drive_path as varchar) as drive_path,
        cast(contract_version as varchar) as contract_version,
        cast(status as varchar) as status,
        cast(coalesce(modified_time, delivered_at) as datetime) as modified_time,
        cast(delivered_at as datetime) as delivered_at,
        cast(valid_from as datetime) as valid_from,
        cast(valid_to as datetime) as valid_to,
        cast(raw_url as varchar) as raw_url,
        cast(processed_url as varchar) as processed_url
    from {{ source('ops', 'deliveries') }}
    where
        status in ('current', 'superseded', 'deleted')
        and valid_from is not null
        and (valid_to is null or valid_to > valid_from)
)

select
    dataset,
    delivery,
    file_id,
    drive_path,
    contract_version,
    status = 'deleted' as is_deletion,
    {% if as_of is none -%}
    status = 'current' as is_current,
    {% else -%}
    status <> 'deleted' and (valid_to is null or valid_to > {{ as_of }}) as is_current,
    {% endif -%}
    modified_time,
    delivered_at,
    valid_from,
    {% if as_of is none -%}
    valid_to,
    {% else -%}
    case when valid_to <= {{ as_of }} then valid_to end as valid_to,
    {% endif -%}
    raw_url,
    processed_url
from deliveries
{% if as_of is not none -%}
where valid_from <= {{ as_of }}
{% endif -%}
