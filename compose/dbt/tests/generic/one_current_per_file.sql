{# A file has at most one current delivery: otherwise its rows would count twice. #}
{% test one_current_per_file(model) %}
select
    dataset,
    file_id,
    count(*) as current_count
from {{ model }}
where is_current
group by dataset, file_id
having count(*) > 1
{% endtest %}
