{# The versions of each business key: every interval holds some time, no two overlap, the first begins with time, they count
   from 1 without gaps, and is_current marks exactly the open one. #}
{% test sound_versions(model, key) %}
with versions as (
    select
        {{ key }},
        version_number,
        valid_from,
        valid_to,
        is_current,
        row_number() over (partition by {{ key }} order by valid_from, version_number) as place,
        lead(valid_from) over (partition by {{ key }} order by valid_from, version_number) as next_from
    from {{ model }}
)

select *
from versions
where
    valid_from >= valid_to
    or next_from < valid_to
    or version_number <> place
    or (place = 1 and valid_from <> {{ beginning_of_time() }})
    or is_current <> (valid_to = {{ end_of_time() }})
{% endtest %}
