{# For reconciling tests only: the rows of a landing table that count, found in another way than current_rows does it (a row is
   believed when no other row of its key stands above it), so that an error in one of the two shows. #}
{% macro believed_rows(dataset, key, columns) -%}
with candidates as (
    select
        {% for column in key + columns -%}
        landed.{{ column }},
        {% endfor -%}
        {{ timestamp_text('deliveries.modified_time') }}
        || {{ timestamp_text('deliveries.delivered_at') }}
        || deliveries.file_id as standing
    from {{ source('lnd', dataset) }} as landed
    inner join {{ ref('stg_ops__deliveries') }} as deliveries on landed._delivery = deliveries.delivery
    where deliveries.dataset = '{{ dataset }}' and deliveries.is_current
)

select
    {% for column in key + columns -%}
    mine.{{ column }}{{ ',' if not loop.last }}
    {% endfor -%}
from candidates as mine
where not exists (
    select 1
    from candidates as other
    where
        other.standing > mine.standing
        {% for column in key -%}
        and other.{{ column }} = mine.{{ column }}
        {% endfor -%}
)
{%- endmacro %}
