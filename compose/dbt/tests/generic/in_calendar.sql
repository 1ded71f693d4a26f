{# A date, where there is one, lies in the years the calendar may hold; outside them it gets the unknown date key. #}
{% test in_calendar(model, column_name) %}
select {{ column_name }}
from {{ model }}
where extract(year from {{ column_name }}) not between {{ var('first_year') | int }} and {{ var('last_year') | int }}
{% endtest %}
