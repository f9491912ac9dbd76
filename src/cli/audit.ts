import { parseArgs } from 'node:util';
import { loadEnvironment, recordKeys } from '../config.ts';
import { UserError } from '../domain/errors.ts';
import { inspect } from '../store/inspect.ts';
import type { AuditVerification, SavedHead } from '../store/verify-audit.ts';
import { report } from './report.ts';

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
  const found = await inspect(env.DATABASE_URL, recordKeys(env), saved);
  if (what === 'head' && found.audit.ok) return printHead(found.audit);
  (found.ok ? process.stdout : process.stderr).write(`${report(found, saved).join('\n')}\n`);
  return found.ok ? 0 : 1;
}

function printHead({ records, head }: Extract<AuditVerification, { ok: true }>): number {
  if (records === 0)
    throw new UserError('not_found', 'The audit log is empty: it has no head.', '`fairlead audit verify` says more.');
  process.stdout.write(`${head}\n`);
  return 0;
}

function headFrom(text: string): SavedHead {
  const [, seq = '', hash = ''] = /^([1-9]\d{0,14}):([0-9a-f]{64})$/u.exec(text.trim()) ?? [];
  if (seq === '')
    throw new UserError('bad_input', `--head ${text} is not a head.`, '`fairlead audit head` prints one.');
  return { seq: Number(seq), hash };
}
