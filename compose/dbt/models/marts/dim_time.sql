-- The 1,440 minutes of a day.
with numbers as (
    {{ dbt.generate_series(1440) | indent(4) }}
),

minutes as (
    select cast(generated_number - 1 as integer) as time_key
    from numbers
),

parts as (
    select
        time_key,
        cast(floor(time_key / 60) as integer) as hour_of_day,
        cast(time_key - floor(time_key / 60) * 60 as integer) as minute_of_hour
    from minutes
)

select
    time_key,
    hour_of_day,
    minute_of_hour,
    lpad(cast(hour_of_day as varchar), 2, '0') || ':' || lpad(cast(minute_of_hour as varchar), 2, '0') as time_label,
    case
        when hour_of_day < 6 then 'night'
        when hour_of_day < 12 then 'morning'
        when hour_of_day < 18 then 'afternoon'
        else 'evening'
    end as part_of_day
from parts
union all
select
    {{ unknown_number() }} as time_key,
    null as hour_of_day,
    null as minute_of_hour,
    'unknown' as time_label,
    'unknown' as part_of_day
