{# Incremental facts compare, they do not guess from load times: a row is written when it is new or differs in any column from
   the one that stands, whatever made it so (a late order, a re-delivered workbook, a new version of a dimension, another
   as_of). Rows whose key is gone are removed by drop_vanished, in the same transaction. So an incremental run ends with
   exactly the rows of a full refresh, and a run without news writes nothing. #}
{% macro changed_rows(relation) -%}
select * from {{ relation }}
{%- if is_incremental() %}
{{ dbt.except() }}
select * from {{ this }}
{%- endif %}
{%- endmacro %}

{# Post-hook: removes the rows of this table whose key the source rows no longer hold. #}
{% macro drop_vanished(source_model, business_key) -%}
{%- if is_incremental() -%}
delete from {{ this }}
where {{ config.get('unique_key') }} not in (
    select {{ surrogate_key(business_key) }}
    from {{ ref(source_model) }}
)
{%- endif -%}
{%- endmacro %}
