{# What the deliveries said of each key over time: one row per state, with half-open [valid_from, valid_to).

   A delivery speaks for its file from its modified_time until a later delivery of that file does (int_deliveries__effective).
   Where two files speak of one key, the one modified last is believed, as in staging. A key no delivery speaks of any more
   has vanished: its last state ends there, and a gap follows if it comes back. Equal neighbouring states are one. #}
{% macro entity_versions(dataset, key, attributes) -%}
{%- set said = [] -%}
{%- for attribute in attributes -%}{%- do said.append('landed.' ~ attribute) -%}{%- endfor -%}
with claims as (
    select
        landed.{{ key }},
        {% for attribute in attributes -%}
        landed.{{ attribute }},
        {% endfor -%}
        {{ surrogate_key(said) }} as state,
        deliveries.file_id,
        deliveries.modified_time,
        deliveries.delivered_at,
        deliveries.effective_from,
        deliveries.effective_to
    from {{ source('lnd', dataset) }} as landed
    inner join {{ ref('int_deliveries__effective') }} as deliveries
        on
            landed._delivery = deliveries.delivery
            and deliveries.dataset = '{{ dataset }}'
    where landed.{{ key }} is not null
    qualify row_number() over (
        partition by landed.{{ key }}, deliveries.delivery
        order by landed._source_sheet desc nulls last, landed._source_row desc nulls last
    ) = 1
),

-- Repeated full deliveries mostly repeat themselves. Neighbouring claims of one file that say the same become one, so that
-- what follows grows with changes and not with deliveries. A key held by several files keeps all claims: which file is
-- believed depends on each one's modified_time.
neighbours as (
    select
        *,
        case
            when
                lag(state) over (partition by {{ key }}, file_id order by effective_from) = state
                and lag(effective_to) over (partition by {{ key }}, file_id order by effective_from) = effective_from
                and min(file_id) over (partition by {{ key }}) = max(file_id) over (partition by {{ key }})
                then 0
            else 1
        end as begins_run
    from claims
),

runs as (
    select
        *,
        sum(begins_run) over (
            partition by {{ key }}, file_id
            order by effective_from
            rows between unbounded preceding and current row
        ) as run_number
    from neighbours
),

spans as (
    select
        {{ key }},
        file_id,
        state,
        {% for attribute in attributes -%}
        {{ attribute }},
        {% endfor -%}
        max(modified_time) as modified_time,
        max(delivered_at) as delivered_at,
        min(effective_from) as effective_from,
        max(effective_to) as effective_to
    from runs
    group by
        {{ key }}, file_id, run_number, state
        {%- for attribute in attributes %}, {{ attribute }}{% endfor %}
),

moments as (
    select {{ key }}, effective_from as moment from spans
    union
    select {{ key }}, effective_to as moment from spans
    where effective_to < {{ end_of_time() }}
),

-- The state at each moment something changed; null where no file speaks of the key.
states as (
    select
        moments.{{ key }},
        moments.moment,
        {% for attribute in attributes -%}
        spans.{{ attribute }},
        {% endfor -%}
        spans.state
    from moments
    left join spans
        on
            moments.{{ key }} = spans.{{ key }}
            and moments.moment >= spans.effective_from
            and moments.moment < spans.effective_to
    qualify row_number() over (
        partition by moments.{{ key }}, moments.moment
        order by
            spans.modified_time desc nulls last,
            spans.delivered_at desc nulls last,
            spans.file_id desc nulls last
    ) = 1
),

changes as (
    select *
    from states
    qualify coalesce(state, 'absent')
    <> coalesce(lag(coalesce(state, 'absent')) over (partition by {{ key }} order by moment), 'none')
),

intervals as (
    select
        *,
        lead(moment) over (partition by {{ key }} order by moment) as next_moment
    from changes
)

select
    {{ key }},
    {% for attribute in attributes -%}
    {{ attribute }},
    {% endfor -%}
    cast(
        row_number() over (partition by {{ key }} order by moment) as integer
    ) as version_number,
    moment as valid_from,
    coalesce(next_moment, {{ end_of_time() }}) as valid_to
from intervals
where state is not null
{%- endmacro %}

{# The interval as dimensions show it: the first version back-dated, since orders are older than the first delivery, and the
   open one marked. #}
{% macro version_columns() -%}
    case
        when version_number = 1 then {{ beginning_of_time() }}
        else valid_from
    end as valid_from,
    valid_to,
    valid_to = {{ end_of_time() }} as is_current
{%- endmacro %}
