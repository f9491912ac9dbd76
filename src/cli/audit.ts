import { parseArgs } from 'node:util';
import { loadEnvironment, recordKeys } from '../config.ts';
import { UserError } from '../errors.ts';
import { inspect } from '../store/inspect.ts';
import type { Verification } from '../store/verify.ts';
import type { SavedHead } from '../store/verify-audit.ts';

const USAGE = 'fairlead audit verify [--head <number>:<hash>], or fairlead audit head';

/**
 * `verify` checks the chain of the audit log and the signature of every record, and with `--head` that the log still holds
 * what it held when that head was printed. `head` prints the newest, to be kept where this machine cannot change it.
 */
export async function auditCommand(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { head: { type: 'string' } },
  });
  const [what, ...rest] = positionals;
  if ((what !== 'verify' && what !== 'head') || rest.length > 0 || (what === 'head' && values.head !== undefined))
    throw new UserError('bad_input', USAGE);
  const env = loadEnvironment(process.env);
  const saved = values.head === undefined ? undefined : headFrom(values.head);
  const found = inspect(env.DATABASE_URL, recordKeys(env), saved);
  if (what === 'head' && found.audit.ok) process.stdout.write(`${found.audit.head}\n`);
  else (found.ok ? process.stdout : process.stderr).write(`${report(found, saved).join('\n')}\n`);
  return (what === 'head' ? found.audit.ok : found.ok) ? 0 : 1;
}

function headFrom(text: string): SavedHead {
  const [, seq = '', hash = ''] = /^([1-9]\d{0,14}):([0-9a-f]{64})$/u.exec(text.trim()) ?? [];
  if (seq === '')
    throw new UserError('bad_input', `--head ${text} is not a head.`, '`fairlead audit head` prints one.');
  return { seq: Number(seq), hash };
}

function report({ audit, tables, missing }: Verification, saved: SavedHead | undefined): string[] {
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
