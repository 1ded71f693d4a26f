-- The ways to pay, and any other that is seen.
{%- set known = ['boleto', 'credit_card', 'debit_card', 'not_defined', 'voucher'] %}
with payment_types as (
    {% for payment_type in known -%}
    select '{{ payment_type }}' as payment_type
    union
    {% endfor -%}
    select payment_type
    from {{ ref('stg_lnd__order_payments') }}
    where payment_type is not null
)

select
    {{ surrogate_key(['payment_type']) }} as payment_type_key,
    cast(payment_type as varchar) as payment_type
from payment_types
union all
select
    {{ unknown_key() }} as payment_type_key,
    'unknown' as payment_type
