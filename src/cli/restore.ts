import { parseArgs } from 'node:util';
import { loadEnvironment, recordKeys } from '../config.ts';
import { UserError } from '../domain/errors.ts';
import { RUN_LABELS } from '../handlers/containers/run/make.ts';
import { RESTORED_REQUEST, RESTORED_VERDICT, restoredOnHost } from '../handlers/deploy/restored.ts';
import { type Restored, restore } from '../store/restore.ts';
import type { Closed } from '../store/unfinished.ts';
import { operator } from './operator.ts';
import { report } from './report.ts';
import { exitOnSignals } from './signals.ts';

/** Restores a backup into the empty database that DATABASE_URL names, and says what was closed. */
export async function restoreCommand(args: readonly string[]): Promise<number> {
  const { positionals } = parseArgs({ args: [...args], allowPositionals: true, options: {} });
  const [file, ...rest] = positionals;
  if (file === undefined || file === '' || rest.length > 0)
    throw new UserError(
      'bad_input',
      'Name one backup to restore.',
      'Usage: fairlead restore <file>. DATABASE_URL names the database that it is written to.',
    );
  const env = loadEnvironment(process.env);
  exitOnSignals();
  const ends = {
    at: Date.now(),
    operator: operator(),
    verdict: RESTORED_VERDICT,
    onHost: restoredOnHost,
    reason: RESTORED_REQUEST,
  };
  const restored = await restore(env.DATABASE_URL, file, { keys: recordKeys(env), ends });
  (restored.isDone ? process.stdout : process.stderr).write(`${told(file, restored).join('\n')}\n`);
  return restored.isDone ? 0 : 1;
}

function told(file: string, outcome: Restored): string[] {
  if (!outcome.isDone)
    return [
      `Nothing was restored: the records of ${file} are not in order.`,
      ...report(outcome.backup, undefined),
      'Restore an older backup.',
    ];
  const { database, backup, restored, closed } = outcome;
  const listed = closedLines(closed);
  return [
    `Restored: ${file} into ${database}. Every record was read again there.`,
    ...report(backup, undefined),
    ...(listed.length === 0
      ? ['Nothing was unfinished when the backup was made.']
      : ['Closed, since how it went on after the backup is not known:', ...listed]),
    ...(restored.audit.ok ? [`With the records of the restore, the head is ${restored.audit.head}`] : []),
  ];
}

function closedLines({ deployments, requests, jobs, runs, grants, messages }: Closed): string[] {
  const counted = [
    [requests, 'requests for approval: expired, to be made again'],
    [jobs, 'requests that a worker had not carried out: withdrawn'],
    [runs, `containers of /run --rm: remove them by hand; docker ps -a --filter label=${RUN_LABELS.run} shows them`],
    [grants, 'grants to run programs: ended'],
    [messages, 'messages and events that were not sent: dropped'],
  ] as const;
  return [
    ...deployments.map(
      ({ id, service, hosts }) => `- deployment ${id} of ${service}: check it with docker ps -a on ${hosts.join(', ')}`,
    ),
    ...counted.flatMap(([count, what]) => (count > 0 ? [`- ${count} ${what}`] : [])),
  ];
}
