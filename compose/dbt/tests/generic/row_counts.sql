{# The model has as many rows as another (those of it that pass the filter). #}
{% test same_row_count(model, other, filter='1 = 1') %}
select *
from (
    select
        (select count(*) from {{ model }} where {{ filter }}) as row_count,
        (select count(*) from {{ other }}) as other_row_count
) as counted
where row_count <> other_row_count
{% endtest %}

{# The model has exactly so many rows. #}
{% test row_count(model, count) %}
select *
from (select count(*) as row_count from {{ model }}) as counted
where row_count <> {{ count }}
{% endtest %}
