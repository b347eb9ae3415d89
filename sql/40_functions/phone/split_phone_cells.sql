-- A cell of a contact file is often more than a number: a label, an extension, two numbers, an Excel
-- wrapper, dashes and digits of other scripts. This takes such cells apart; what it hands on is digits
-- with or without a plus, for engine.parse_odd_phones to judge. Plain spellings never come here. The
-- expressions that cost most are only asked where a cheap look says that they may find something.
create or replace function engine.split_phone_cells(p_ordinals bigint[], p_raws text[])
returns table (ordinal bigint, place bigint, written text, has_plus boolean, digits text, extension text, problem text)
language plpgsql
immutable
parallel safe
set search_path = ''
set plan_cache_mode = force_generic_plan -- planned once a session, not for each call
as $$
#variable_conflict use_column
begin
  return query
  with normal as (
    -- one script, one kind of dash and space, nothing invisible, no ="…" and no leading apostrophe
    select
      r.ordinal,
      case when u.cell like '%"' then regexp_replace(u.cell, '^=?\s*"\s*(.*?)\s*"$', '\1') else u.cell end as cell
    from unnest(p_ordinals, p_raws) as r (ordinal, raw)
    cross join lateral (
      select btrim(
        case
          when octet_length(r.raw) = length(r.raw) then r.raw
          else translate(
            normalize(r.raw, nfkc),
            U&'\0660\0661\0662\0663\0664\0665\0666\0667\0668\0669\06F0\06F1\06F2\06F3\06F4\06F5\06F6\06F7\06F8\06F9\0966\0967\0968\0969\096A\096B\096C\096D\096E\096F\2010\2011\2012\2013\2014\2015\2212\30FC\00AD\200B\200C\200D\200E\200F\202A\202B\202C\202D\202E\2060\2066\2067\2068\2069\FEFF',
            '012345678901234567890123456789--------'
          )
        end,
        E' \t''`'
      ) as cell
      offset 0
    ) as u
  ),
  rounded as (
    select
      ordinal,
      -- 2125550123.0: a number that went through a data frame
      regexp_replace(cell, '^(\+?[0-9]+)\.0+$', '\1') as cell,
      cell ~ '^[0-9]([.,][0-9]+)?[eE]\+?[0-9]{1,2}$' as is_rounded
    from normal
  ),
  marked as (
    select
      r.*,
      not r.is_rounded and (
        r.cell ~ '[/;,|&\n\r]|[0-9]{4}\s+[(+0-9]' or r.cell ~* '\m(?:or|and|y|und|oder|ou)\M'
      ) as may_be_several
    from rounded as r
  ),
  parts as (
    select r.ordinal, r.is_rounded, 1::bigint as place, r.cell as part
    from marked as r
    where not r.may_be_several
    union all
    select r.ordinal, false, p.place, p.part
    from marked as r
    cross join lateral regexp_split_to_table(
      regexp_replace(
        regexp_replace(r.cell, '[,;]\s*(?=;?(?:x|ext))', ' ', 'gi'),
        -- two whole numbers with nothing but space between them
        '([0-9]{4})\s+(?=(?:\+?1[-. ]?)?\(?[2-9][0-9]{2}\)?[-. ]?[0-9]{3}[-. ]?[0-9]{4}\M)', '\1;', 'g'
      ),
      '\s*(?:[/;,|&\n\r]|\m(?:or|and|y|und|oder|ou)\M)\s*', 'i'
    ) with ordinality as p (part, place)
    where r.may_be_several
  ),
  pieces as (
    select
      p.ordinal,
      p.is_rounded,
      p.place,
      btrim(p.part) as written,
      -- labels such as "Cell:", "(h)" or "tel:"
      case
        when p.part ~ '^[-+0-9. ]*$' then btrim(p.part)
        else btrim(regexp_replace(
          lower(p.part),
          '\m(?:telephone|tel|phone|ph|number|no|cell|cellular|mobile|mob|home|work|office|main|direct|c|h|w|m|o|p|t)\M[.:)#]*'
          '|^[ (]+(?=[ (]*$)', ' ', 'g'
        ))
      end as piece
    from parts as p
    offset 0
  ),
  extended as (
    select
      p.ordinal,
      p.is_rounded,
      p.place,
      p.written,
      btrim(regexp_replace(coalesce(m.parts[1], p.piece), '^\((?=[^)]*$)', '')) as number,
      m.parts[2] as extension
    from pieces as p
    left join lateral (
      select regexp_match(
        p.piece, '^(.*?[0-9)])[\s(,;-]*(?:ext(?:ension|n)?|xtn?|x|#)[\s.:=#]*([0-9]{1,9})[\s)]*$'
      )
      where p.piece ~ '[x#]'
    ) as m (parts) on true
    -- an e-mail address may hold digits; a piece without any is a word
    where p.is_rounded or (p.piece ~ '[0-9]' and p.piece !~ '@')
  )
  select
    e.ordinal,
    e.place,
    e.written,
    e.number like '+%' or e.number like '(+%',
    translate(e.number, '+ ()-.[]', ''),
    e.extension,
    case
      when e.is_rounded then 'phone_scientific_notation'
      when e.number !~ '^[(\[]*\+?[-0-9 ().\[\]]+$' then 'phone_not_a_number'
    end
  from extended as e;
end
$$;
comment on function engine.split_phone_cells(bigint[], text[]) is
'Takes cells apart into numbers: (the ordinal that came with the cell, place in it, as written, has_plus, digits, extension, problem).';
revoke all on function engine.split_phone_cells(bigint[], text[]) from public;
