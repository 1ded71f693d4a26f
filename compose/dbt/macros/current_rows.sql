{# The rows of a landing table that count now (or at as_of): those of current deliveries, and where two files hold the same
   key, the row of the file modified last; then the one delivered last; then the greater file id. Within one file, where
   clean has removed duplicates already, the lowest row of the last sheet. #}
{% macro current_rows(dataset, key) -%}
select landed.*
from {{ source('lnd', dataset) }} as landed
inner join {{ ref('stg_ops__deliveries') }} as deliveries
    on
        landed._delivery = deliveries.delivery
        and deliveries.dataset = '{{ dataset }}'
        and deliveries.is_current
qualify row_number() over (
    partition by {% for column in key %}landed.{{ column }}{{ ', ' if not loop.last }}{% endfor %}
    order by
        deliveries.modified_time desc,
        deliveries.delivered_at desc,
        deliveries.file_id desc,
        landed._source_sheet desc nulls last,
        landed._source_row desc nulls last
) = 1
{%- endmacro %}

{# Where a row came from, carried through staging so that any number can be traced to its cell. #}
{% macro provenance() -%}
    _extra,
    _source_file,
    _source_sheet,
    _source_row,
    _delivery,
    _loaded_at
{%- endmacro %}
