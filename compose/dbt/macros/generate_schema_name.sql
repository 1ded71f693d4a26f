{# A model's schema is exactly the one it names: environments differ by database, not by schema prefix. #}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ target.schema if custom_schema_name is none else custom_schema_name | trim }}
{%- endmacro %}
