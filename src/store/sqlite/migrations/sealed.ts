/** Values given for one deploy are kept apart from its plan, sealed, and only while they are needed. */
export const SEALED: readonly string[] = [
  'alter table approvals add column sealed text',
  // Values stored in the clear before. A request that is open then is refused as stale, since its settings differ.
  ...['approvals', 'deployments'].map(
    (table) =>
      `update ${table} set plan = json_set(plan, '$.overrides.environment', json('{}'))
       where json_extract(plan, '$.overrides.environment') is not null`,
  ),
];
