import { newNote } from '../handlers/deploy/card/new-note.ts';
import type { Deps } from '../handlers/deps.ts';
import { headText } from '../store/audit-head.ts';

type HeadDeps = Pick<Deps, 'store' | 'config' | 'log' | 'now'>;

/** Makes the head of the audit log known outside the database, when it is time. Over all processes, once. */
export async function shipHead({ store, config, log, now }: HeadDeps): Promise<void> {
  const { headChannel, headEvery } = config.audit;
  const at = now();
  const head = await store.audit.headToShip(at, headEvery, (newest) =>
    headChannel === undefined
      ? undefined
      : newNote({ to: headChannel }, { kind: 'audit-head', head: headText(newest) }, at),
  );
  if (head) log.info({ head: headText(head) }, 'Audit log head');
}

/** The last word of a process that ends. Never rejects: a log that cannot be read must not keep it from ending. */
export async function logHead({ store, log }: Pick<Deps, 'store' | 'log'>): Promise<void> {
  await store.audit.head().then(
    (head) => log.info({ head: headText(head) }, 'Audit log head'),
    (error) => log.error({ err: error }, 'The head of the audit log could not be read'),
  );
}
