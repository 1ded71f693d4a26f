{# A column adds up to the same as another model's, to the cent. #}
{% test same_sum(model, column, other, other_column) %}
select *
from (
    select
        (select coalesce(sum({{ column }}), 0) from {{ model }}) as total,
        (select coalesce(sum({{ other_column }}), 0) from {{ other }}) as other_total
) as summed
where total <> other_total
{% endtest %}
