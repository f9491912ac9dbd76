import { loadEnvironment } from '../config.ts';
import { UserError } from '../errors.ts';
import { openStore } from '../store/store.ts';

/** `verify` walks the whole chain; `head` prints the newest hash, to be kept where this machine cannot change it. */
export async function auditCommand(args: readonly string[]): Promise<number> {
  const [what, ...rest] = args;
  if ((what !== 'verify' && what !== 'head') || rest.length > 0)
    throw new UserError('bad_input', 'fairlead audit verify, or fairlead audit head');
  const store = openStore(loadEnvironment(process.env).DATABASE_URL);
  try {
    const result = store.audit.verify();
    const text = result.ok
      ? what === 'head'
        ? `${result.records} ${result.head}`
        : `${result.records} records, the chain is whole. Head: ${result.head}`
      : `${result.text} ${result.records} records before it are in order.`;
    (result.ok ? process.stdout : process.stderr).write(`${text}\n`);
    return result.ok ? 0 : 1;
  } finally {
    store.close();
  }
}
