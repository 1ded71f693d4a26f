{# A staging view holds every key that current deliveries hold, once. #}
{% test every_landed_key(model, dataset, key) %}
with landed as (
    select distinct {% for column in key %}landed.{{ column }}{{ ', ' if not loop.last }}{% endfor %}
    from {{ source('lnd', dataset) }} as landed
    inner join {{ ref('stg_ops__deliveries') }} as deliveries on landed._delivery = deliveries.delivery
    where deliveries.dataset = '{{ dataset }}' and deliveries.is_current
)

select *
from (
    select
        (select count(*) from {{ model }}) as row_count,
        (select count(*) from landed) as landed_count
) as counted
where row_count <> landed_count
{% endtest %}
