{# No day is missing between the first and the last. #}
{% test contiguous_days(model, column_name) %}
select *
from (
    select
        {{ column_name }} as day_before,
        lead({{ column_name }}) over (order by {{ column_name }}) as day_after
    from {{ model }}
    where {{ column_name }} is not null
) as neighbours
where day_after <> {{ dbt.dateadd('day', 1, 'day_before') }}
{% endtest %}
