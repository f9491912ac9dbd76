import type { Deps } from '../handlers/deps.ts';
import { headText } from '../store/audit-head.ts';

type HeadDeps = Pick<Deps, 'store' | 'config' | 'log' | 'board' | 'now'>;

/** Makes the head of the audit log known outside the database, when it is time. Over all processes, once. */
export async function shipHead({ store, config, log, board, now }: HeadDeps): Promise<void> {
  const { headChannel, headEvery } = config.audit;
  const head = await store.audit.headToShip(now(), headEvery);
  if (!head) return;
  log.info({ head: headText(head) }, 'Audit log head');
  if (headChannel !== undefined) await board.tell(headChannel, { kind: 'audit-head', head: headText(head) });
}

/** The last word of a process that ends. Never rejects: a log that cannot be read must not keep it from ending. */
export async function logHead({ store, log }: Pick<Deps, 'store' | 'log'>): Promise<void> {
  await store.audit.head().then(
    (head) => log.info({ head: headText(head) }, 'Audit log head'),
    (error) => log.error({ err: error }, 'The head of the audit log could not be read'),
  );
}
