import { UserError } from '../domain/errors.ts';
import { type SealingKey, seal, unseal } from './sealed.ts';

type Values = Readonly<Record<string, string>>;

/** Seals the values given with an approval. Throws a `UserError` without a key. */
export function sealValues(key: SealingKey | undefined, id: string, values: Values): string {
  if (key) return seal(key, `values ${id}`, JSON.stringify(values));
  throw new UserError(
    'not_configured',
    'Values given with `-e` are kept sealed, and there is no key to seal them with.',
    'Set FAIRLEAD_TOTP_KEY (make one with `openssl rand -hex 32`) or SLACK_BOT_TOKEN.',
  );
}

/** Throws a `UserError` when they were sealed under another key. */
export function openValues(key: SealingKey | undefined, id: string, sealed: string): Values {
  try {
    return JSON.parse(unseal(key ?? Buffer.alloc(32), `values ${id}`, sealed));
  } catch {
    throw new UserError('not_configured', 'The values given with `-e` were sealed under another key than today’s.');
  }
}
