-- Every day of every year in which anything happened, without gaps: time intelligence needs them all. Plus one unknown member
-- without a date, which a BI date table filters out (date_key <> -1).
{%- set seen = [
    ('stg_lnd__orders', ['purchased_at', 'approved_at', 'shipped_at', 'delivered_at', 'estimated_delivery_date']),
    ('stg_lnd__order_items', ['shipping_limit_at']),
    ('stg_lnd__order_reviews', ['review_creation_date', 'review_answered_at']),
] %}
with seen as (
    {% for model, columns in seen -%}
    {% set last_model = loop.last -%}
    {% for column in columns -%}
    select
        cast(min({{ column }}) as date) as first_day,
        cast(max({{ column }}) as date) as last_day
    from {{ ref(model) }}
    where extract(year from {{ column }}) between {{ var('first_year') | int }} and {{ var('last_year') | int }}
    {% if not (last_model and loop.last) -%}
    union all
    {% endif -%}
    {% endfor -%}
    {% endfor -%}
),

-- Before anything has arrived the calendar is its first year.
bounds as (
    select
        coalesce(
            cast({{ dbt.date_trunc('year', 'min(first_day)') }} as date),
            cast('{{ var("first_year") | int }}-01-01' as date)
        ) as first_day,
        coalesce(extract(year from max(last_day)), {{ var('first_year') | int }}) as last_year
    from seen
),

numbers as (
    {{ dbt.generate_series((var('last_year') | int - var('first_year') | int + 1) * 366) | indent(4) }}
),

candidates as (
    select
        bounds.last_year,
        cast({{ dbt.dateadd('day', 'cast(numbers.generated_number as integer) - 1', 'bounds.first_day') }} as date) as date_day
    from bounds
    cross join numbers
),

days as (
    select date_day
    from candidates
    where extract(year from date_day) <= last_year
),

-- 1900-01-01 was a Monday. The ISO year and week of a day are those of its week's Thursday.
weekdays as (
    select
        date_day,
        cast(mod({{ dbt.datediff("cast('1900-01-01' as date)", 'date_day', 'day') }}, 7) + 1 as integer) as day_of_week
    from days
),

weeks as (
    select
        *,
        cast({{ dbt.dateadd('day', '4 - day_of_week', 'date_day') }} as date) as thursday
    from weekdays
)

select
    {{ date_key('date_day') }} as date_key,
    date_day,
    cast(extract(year from date_day) as integer) as calendar_year,
    cast(extract(quarter from date_day) as integer) as quarter_of_year,
    cast(extract(month from date_day) as integer) as month_of_year,
    cast(extract(year from date_day) * 100 + extract(month from date_day) as integer) as month_key,
    cast({{ dbt.date_trunc('month', 'date_day') }} as date) as month_start,
    case extract(month from date_day)
        {%- for name in [
            'January', 'February', 'March', 'April', 'May', 'June',
            'July', 'August', 'September', 'October', 'November', 'December',
        ] %}
        when {{ loop.index }} then '{{ name }}'
        {%- endfor %}
    end as month_name,
    cast(extract(day from date_day) as integer) as day_of_month,
    cast(
        {{ dbt.datediff(dbt.date_trunc('year', 'date_day'), 'date_day', 'day') }} + 1 as integer
    ) as day_of_year,
    day_of_week,
    case day_of_week
        {%- for name in ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'] %}
        when {{ loop.index }} then '{{ name }}'
        {%- endfor %}
    end as day_name,
    day_of_week >= 6 as is_weekend,
    cast(extract(year from thursday) as integer) as iso_year,
    cast(
        floor({{ dbt.datediff(dbt.date_trunc('year', 'thursday'), 'thursday', 'day') }} / 7) + 1 as integer
    ) as iso_week
from weeks
union all
select
    {{ unknown_number() }} as date_key,
    null as date_day,
    null as calendar_year,
    null as quarter_of_year,
    null as month_of_year,
    {{ unknown_number() }} as month_key,
    null as month_start,
    'unknown' as month_name,
    null as day_of_month,
    null as day_of_year,
    null as day_of_week,
    'unknown' as day_name,
    null as is_weekend,
    null as iso_year,
    null as iso_week
