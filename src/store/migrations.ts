import { UserError } from '../errors.ts';
import { DEPLOYS } from './schema/deploys.ts';
import { DRAWN } from './schema/drawn.ts';
import { FIRST } from './schema/first.ts';
import { SEALED } from './schema/sealed.ts';
import { SIGNED } from './schema/signed.ts';
import { WAVE_TERMS } from './schema/wave-terms.ts';
import { WAVES } from './schema/waves.ts';
import type { Signer } from './signer.ts';
import { beginSigning } from './signing.ts';
import type { Sql } from './sql.ts';

/** In order; each once. A landed one is never edited: a change is a new one. */
const MIGRATIONS: readonly (readonly string[])[] = [FIRST, DEPLOYS, WAVES, SEALED, WAVE_TERMS, DRAWN, SIGNED];

export const NEWEST = MIGRATIONS.length;

export function migrate(sql: Sql, signer: Signer): void {
  sql.all('create table if not exists versions (version bigint primary key)');
  sql.tx(() => {
    const version =
      sql.all<{ version: number | null }>('select max(version) as version from versions')[0]?.version ?? 0;
    if (version > MIGRATIONS.length) {
      throw new UserError(
        'not_configured',
        `The database is at version ${version}, this Fairlead knows ${MIGRATIONS.length}.`,
        'Start a newer Fairlead, or another DATABASE_URL.',
      );
    }
    for (const [index, texts] of MIGRATIONS.entries()) {
      if (index < version) continue;
      for (const text of texts) sql.all(text);
      if (texts === SIGNED) beginSigning(sql, signer);
      sql.all('insert into versions (version) values ($1)', [index + 1]);
    }
  });
}
