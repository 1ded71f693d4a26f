{# The key of a row: a hash over the text of the given SQL expressions. Timestamps go through timestamp_text first,
   so that both engines hash the same text. #}
{% macro surrogate_key(expressions) -%}
    {%- set parts = [] -%}
    {%- for expression in expressions -%}
        {%- do parts.append("coalesce(cast(" ~ expression ~ " as " ~ dbt.type_string() ~ "), '<null>')") -%}
        {%- if not loop.last -%}{%- do parts.append("'|'") -%}{%- endif -%}
    {%- endfor -%}
    {{ dbt.hash(dbt.concat(parts)) }}
{%- endmacro %}

{# The key of a dimension's unknown member, which facts carry instead of null. #}
{% macro unknown_key() -%}'unknown'{%- endmacro %}
{% macro unknown_number() -%}-1{%- endmacro %}

{# yyyymmdd of a date or timestamp; unknown when it is null or outside the calendar (vars first_year, last_year). #}
{% macro date_key(moment) -%}
    case
        when extract(year from {{ moment }}) between {{ var('first_year') | int }} and {{ var('last_year') | int }}
            then cast(
                extract(year from {{ moment }}) * 10000
                + extract(month from {{ moment }}) * 100
                + extract(day from {{ moment }}) as integer
            )
        else {{ unknown_number() }}
    end
{%- endmacro %}

{# Minute of the day, 0 to 1439. #}
{% macro time_key(moment) -%}
    coalesce(
        cast(extract(hour from {{ moment }}) * 60 + extract(minute from {{ moment }}) as integer),
        {{ unknown_number() }}
    )
{%- endmacro %}
