{# The dimension has exactly one unknown member, which facts carry instead of null. #}
{% test has_unknown_member(model, key, value) %}
select *
from (select count(*) as row_count from {{ model }} where {{ key }} = {{ value }}) as counted
where row_count <> 1
{% endtest %}
