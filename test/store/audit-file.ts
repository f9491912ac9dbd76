import { DatabaseSync } from 'node:sqlite';
import { openStore } from '../../src/store/store.ts';
import { auditEntry } from './fixture.ts';
import { KEYS } from './keys.ts';

export const entry = (request: string) =>
  auditEntry({ kind: 'decision', request, hosts: ['web-1'], decision: 'allow', rule: 'channels' });

/** What somebody with the file in their hands can do: the triggers are no obstacle to them. */
export function tamper(url: string, sql: string): void {
  const db = new DatabaseSync(url.slice(5));
  db.exec(`drop trigger audit_no_update; drop trigger audit_no_delete; ${sql}`);
  db.close();
}

export async function verify(url: string) {
  const store = await openStore(url, KEYS);
  const result = (await store.verify()).audit;
  await store.close();
  return result;
}
