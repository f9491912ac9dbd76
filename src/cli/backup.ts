import { parseArgs } from 'node:util';
import { loadEnvironment, recordKeys } from '../config.ts';
import { UserError } from '../domain/errors.ts';
import { saySize } from '../domain/size.ts';
import { type Backup, backUp } from '../store/backup.ts';
import { report } from './report.ts';
import { exitOnSignals } from './signals.ts';

/** Copies the database of a bot that may be running, verifies the copy, and prints its size, its records and its head. */
export async function backupCommand(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { force: { type: 'boolean', default: false } },
  });
  const [target, ...rest] = positionals;
  if (target === undefined || target === '' || rest.length > 0)
    throw new UserError(
      'bad_input',
      'Name one file for the backup.',
      'Usage: fairlead backup [--force] <file>. --force replaces a file that is there.',
    );
  const env = loadEnvironment(process.env);
  const keys = recordKeys(env);
  exitOnSignals();
  // SQLite makes its files with the permissions that the process leaves open.
  process.umask(0o077);
  const made = await backUp(env.DATABASE_URL, target, { keys, overwrite: values.force });
  const isWhole = made.verification?.ok ?? true;
  (isWhole ? process.stdout : process.stderr).write(`${told(made).join('\n')}\n`);
  return isWhole ? 0 : 1;
}

const NOT_RESTORABLE =
  'The copy is like the database: `fairlead audit verify` finds the same there. `fairlead restore` refuses this copy: keep the last backup that was in order.';

function told({ path, bytes, version, verification, underWay }: Backup): string[] {
  const first = `Backup: ${path}, ${saySize(bytes)}. Every page of it was read again and is sound.`;
  if (!verification)
    return [
      first,
      `Its records were not verified: it is at version ${version}, from before an upgrade of Fairlead. They are when it is restored, which is refused if they are not in order.`,
    ];
  return [
    first,
    ...report(verification, undefined),
    ...(verification.ok ? [] : [NOT_RESTORABLE]),
    ...(underWay > 0
      ? [
          `${underWay} ${underWay === 1 ? 'deployment was' : 'deployments were'} not finished at that moment: fairlead restore closes ${underWay === 1 ? 'it' : 'them'} as unknown.`,
        ]
      : []),
  ];
}
