{# Times here know no zone. `datetime` says so on both engines; `timestamp` on Snowflake is what the account makes of it. #}
{% macro timestamp_literal(text) -%}
    cast('{{ text }}' as datetime)
{%- endmacro %}

{% macro beginning_of_time() -%}{{ timestamp_literal(var('beginning_of_time')) }}{%- endmacro %}
{% macro end_of_time() -%}{{ timestamp_literal(var('end_of_time')) }}{%- endmacro %}

{# The variable as_of as a SQL timestamp, or none. Anything but a UTC time is refused, so that it can be quoted safely. #}
{% macro as_of() -%}
    {%- set given = var('as_of', none) -%}
    {%- if given is none or given | string | trim == '' -%}
        {{ return(none) }}
    {%- endif -%}
    {%- set text = given | string | trim -%}
    {%- if not modules.re.match('^[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,6})?)?Z?)?$', text) -%}
        {{ exceptions.raise_compiler_error("as_of must be a UTC time such as 2026-11-25T10:20:30.123Z, not '" ~ text ~ "'") }}
    {%- endif -%}
    {{ return(timestamp_literal(text | replace('T', ' ') | replace('Z', ''))) }}
{%- endmacro %}

{# A version is in force from valid_from until just before valid_to. #}
{% macro valid_at(moment, version) -%}
    {{ moment }} >= {{ version }}.valid_from and {{ moment }} < {{ version }}.valid_to
{%- endmacro %}

{# The moment at which a fact looks up its dimensions. A fact without one (its order has not arrived) sees what holds now. #}
{% macro lookup_time(moment) -%}
    coalesce({{ moment }}, {{ dbt.dateadd('day', -1, end_of_time()) }})
{%- endmacro %}

{# Text of a timestamp, the same on every engine: keys are hashed from it. #}
{% macro timestamp_text(moment) -%}
    {{ adapter.dispatch('timestamp_text', 'ecom')(moment) }}
{%- endmacro %}
{% macro default__timestamp_text(moment) -%}
    to_char(cast({{ moment }} as datetime), 'YYYY-MM-DD HH24:MI:SS.FF6')
{%- endmacro %}
{% macro duckdb__timestamp_text(moment) -%}
    strftime({{ moment }}, '%Y-%m-%d %H:%M:%S.%f')
{%- endmacro %}
