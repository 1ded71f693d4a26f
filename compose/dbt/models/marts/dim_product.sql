-- One row per product and state. The English category is a label, not a state: correcting a translation corrects it in every
-- version. Without a translation the category's own name stands.
with versions as (
    select
        product_id,
        product_category_name,
        product_name_length,
        product_description_length,
        product_photos_qty,
        product_weight_g,
        product_length_cm,
        product_height_cm,
        product_width_cm,
        version_number,
        {{ version_columns() }}
    from {{ ref('int_products__versions') }}
)

select
    {{ surrogate_key(['versions.product_id', timestamp_text('versions.valid_from')]) }} as product_key,
    versions.product_id,
    versions.product_category_name,
    coalesce(
        translations.product_category_name_english,
        versions.product_category_name,
        'unknown'
    ) as product_category_name_english,
    versions.product_name_length,
    versions.product_description_length,
    versions.product_photos_qty,
    versions.product_weight_g,
    versions.product_length_cm,
    versions.product_height_cm,
    versions.product_width_cm,
    versions.version_number,
    versions.valid_from,
    versions.valid_to,
    versions.is_current
from versions
left join {{ ref('stg_lnd__product_category_name_translation') }} as translations
    on versions.product_category_name = translations.product_category_name
union all
select
    {{ unknown_key() }} as product_key,
    'unknown' as product_id,
    null as product_category_name,
    'unknown' as product_category_name_english,
    null as product_name_length,
    null as product_description_length,
    null as product_photos_qty,
    null as product_weight_g,
    null as product_length_cm,
    null as product_height_cm,
    null as product_width_cm,
    1 as version_number,
    {{ beginning_of_time() }} as valid_from,
    {{ end_of_time() }} as valid_to,
    true as is_current
