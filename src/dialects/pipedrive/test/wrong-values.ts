/** Values that are wrong for every field of a sort. */
export const wrong: Record<string, readonly unknown[]> = {
  text: [1, true, [], {}, null, '', '   ', 'x'.repeat(256), 'a\0b', '\ud800'],
  id: ['1', 1.5, true, [], {}, -1, 0, 2 ** 53, 2 ** 63, 1e21],
  flag: [1, 0, 'true', 'yes', null, [], {}],
  percent: ['50', -1, 101, 50.5, true, [], {}, 1e21],
  amount: ['10', true, [], {}, null, 1e21, -1e21],
  time: [
    1,
    true,
    [],
    {},
    '',
    'now',
    '2026-13-01T00:00:00Z',
    '2026-02-30T00:00:00Z',
    '2026-01-01T25:00:00Z',
    '0000-01-01T00:00:00Z',
  ],
  day: [1, true, [], {}, '', 'now', '2026-02-30', '2026-1-1', '2026-01-01T00:00:00Z'],
  ids: ['1', 1, {}, ['1'], [1.5], [null], null, [2 ** 53]],
  object: ['x', 1, true, null, { nobody: 1 }, []],
  list: ['x', 1, {}, null, [1], [{}], [{ value: 1 }], [{ value: 'x', other: 1 }], [{ value: 'x', primary: 'yes' }]],
}

/** The fields of each body with the sort of value they take. */
export const fields: Record<string, Record<string, string>> = {
  pipelines: { name: 'text', is_deal_probability_enabled: 'flag' },
  stages: {
    name: 'text',
    pipeline_id: 'id',
    deal_probability: 'percent',
    is_deal_rot_enabled: 'flag',
    days_to_rotten: 'percent',
  },
  deals: {
    title: 'text',
    owner_id: 'id',
    person_id: 'id',
    org_id: 'id',
    stage_id: 'id',
    value: 'amount',
    currency: 'text',
    is_archived: 'flag',
    status: 'text',
    probability: 'percent',
    visible_to: 'percent',
    close_time: 'time',
    won_time: 'time',
    lost_time: 'time',
    expected_close_date: 'day',
    label_ids: 'ids',
    custom_fields: 'object',
  },
  persons: {
    name: 'text',
    owner_id: 'id',
    org_id: 'id',
    visible_to: 'percent',
    label_ids: 'ids',
    custom_fields: 'object',
    emails: 'list',
  },
  organizations: {
    name: 'text',
    owner_id: 'id',
    visible_to: 'percent',
    label_ids: 'ids',
    custom_fields: 'object',
    address: 'object',
  },
}

/** What of the above is well-formed for one field after all. */
export const fine: Record<string, readonly unknown[]> = {
  days_to_rotten: [101],
  custom_fields: [],
}
