import type { Verification } from '../store/verify.ts';
import type { SavedHead } from '../store/verify-audit.ts';

/** What a verification found, one line each. */
export function report({ audit, tables, missing }: Verification, saved: SavedHead | undefined): string[] {
  const old = tables.reduce((sum, { before }) => sum + before, 0);
  const counts = tables.map(({ table, signed, before }) => `${signed + before} ${table}`).join(', ');
  const forged = tables.flatMap(({ table, forged: keys, forgedCount }) => [
    ...keys.map(
      (key) => `${table} ${key}: not signed with this FAIRLEAD_RECORD_KEY: it is forged, or the key is another.`,
    ),
    ...(forgedCount > keys.length ? [`${table}: ${forgedCount - keys.length} more rows that are not signed.`] : []),
  ]);
  if (!audit.ok) return [`${audit.text} ${audit.records} records before it are in order.`, ...forged, ...missing];
  const unsigned = audit.signedFrom - 1;
  if (audit.records === 0)
    return forged.length + missing.length > 0
      ? ['The audit log is empty.', ...forged, ...missing]
      : [
          'The audit log is empty, and so is the database: it was never used. If Fairlead has run before, DATABASE_URL names another one, or it was lost.',
        ];
  return [
    `${audit.records} audit records, the chain is whole. Head: ${audit.head}`,
    ...(saved ? [`Record ${saved.seq} is the one whose head was saved.`] : []),
    ...(unsigned > 0
      ? [`Records 1 to ${unsigned} are from before records were signed: only the chain vouches for them.`]
      : []),
    ...(forged.length + missing.length === 0 ? [`${counts}: all signed.`] : [...forged, ...missing]),
    ...(old > 0 ? [`${old} of these rows are from before records were signed: nothing is begun on their word.`] : []),
  ];
}
