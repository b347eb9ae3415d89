-- One value of one setting; paths begin below it.
create or replace function engine.setting_issues(
  p_setting text,
  p_value jsonb,
  p_channel public.contact_channel
)
returns setof engine.graph_issue
language plpgsql
stable
set search_path = ''
as $$
declare
  v_retryable text[] := case p_channel
    when 'call' then array['no_answer', 'busy', 'voicemail', 'failed'] else array['undeliverable', 'failed']
  end;
begin
  case p_setting
    when 'business_hours' then
      return query select b.* from engine.business_hours_issues(p_value, p_channel) as b;
    when 'reply_window' then
      return query
      select 'reply_window_invalid', null::integer, null::integer, '', array[engine.show_value(p_value)], null::integer, null::integer[]
      where engine.is_duration(p_value, 'PT1S', 'P30D') is not true;
    when 'batching' then
      return query
      select 'batching_invalid', null::integer, null::integer, c.path, array[engine.show_value(c.value)], null::integer, null::integer[]
      from (
        values
        ('', p_value, jsonb_typeof(p_value) = 'object'),
        ('.size', p_value -> 'size', p_value ->> 'size' ~ '^([1-9][0-9]{0,4}|100000)$' and jsonb_typeof(p_value -> 'size') = 'number'),
        ('.interval', p_value -> 'interval', engine.is_duration(p_value -> 'interval', 'PT1S', 'P7D'))
      ) as c (path, value, is_sound)
      where c.is_sound is not true and (c.path = '' or jsonb_typeof(p_value) = 'object');
    when 'retry' then
      return query
      select 'retry_invalid', null::integer, null::integer, c.path,
        array[engine.show_value(c.value), array_to_string(v_retryable, ', ')], null::integer, null::integer[]
      from (
        values
        ('', p_value, jsonb_typeof(p_value) = 'object'),
        ('.outcomes', p_value -> 'outcomes', case jsonb_typeof(p_value -> 'outcomes')
          when 'array' then p_value -> 'outcomes' <> '[]' and p_value -> 'outcomes' <@ to_jsonb(v_retryable)
        end),
        ('.max_retries', p_value -> 'max_retries',
          p_value ->> 'max_retries' ~ '^([1-9]|10)$' and jsonb_typeof(p_value -> 'max_retries') = 'number'),
        ('.delay', p_value -> 'delay', engine.is_duration(p_value -> 'delay', 'PT1S', 'P30D'))
      ) as c (path, value, is_sound)
      where c.is_sound is not true and (c.path = '' or jsonb_typeof(p_value) = 'object');
  end case;
end
$$;
comment on function engine.setting_issues(text, jsonb, public.contact_channel) is
'What is wrong with one value of business_hours, batching, retry or reply_window on a node of this channel.';
revoke all on function engine.setting_issues(text, jsonb, public.contact_channel) from public;
