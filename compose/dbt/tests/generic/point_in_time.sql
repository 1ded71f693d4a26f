{# Every fact points at a version of the dimension that was in force at the fact's moment (or at the unknown member). #}
{% test point_in_time(model, dimension, key, moment) %}
select
    facts.{{ key }},
    facts.{{ moment }},
    versions.valid_from,
    versions.valid_to
from {{ model }} as facts
inner join {{ dimension }} as versions on facts.{{ key }} = versions.{{ key }}
where
    facts.{{ key }} <> {{ unknown_key() }}
    and not ({{ valid_at(lookup_time('facts.' ~ moment), 'versions') }})
{% endtest %}
