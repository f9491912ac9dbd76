import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import type { NewApproval } from '../../src/store/approvals.ts';
import type { AuditEntry } from '../../src/store/audit-records.ts';
import { openStore, type Store } from '../../src/store/store.ts';
import { KEYS } from './keys.ts';

/** What makes a new database and resolves to its address; undefined for a file. */
let newDatabase: (() => Promise<string>) | undefined;

/** Lets the tests that are imported from here on have their databases from `create`. */
export function onDatabases(create: () => Promise<string>): void {
  newDatabase = create;
}

/** A store of its own for each test, open twice as it is when two replicas share it. */
export function freshStore(): { readonly url: string; readonly store: Store; readonly other: Store } {
  const fixture = { url: '', store: undefined as unknown as Store, other: undefined as unknown as Store };
  const create = newDatabase;
  let folder: string;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'fairlead-store-'));
    fixture.url = (await create?.()) ?? `file:${join(folder, 'test.db')}`;
    fixture.store = await openStore(fixture.url, KEYS);
    fixture.other = await openStore(fixture.url, KEYS);
  });
  afterEach(async () => {
    await fixture.store.close();
    await fixture.other.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return fixture;
}

export const question = (id: string, more: Partial<NewApproval> = {}): NewApproval => ({
  id,
  command: 'deploy',
  service: 'shop',
  line: 'deploy shop 1.4.0',
  channel: 'C0PROD',
  requestedBy: 'U0DEV1',
  requestedAt: 0,
  expiresAt: 1000,
  plan: { image: 'shop', hosts: ['web-1'] },
  hash: 'h',
  ...more,
});

/** What somebody may run for a time. */
export const execGrant = (id: string, more: { readonly beginsAt?: number; readonly until?: number } = {}) => ({
  id,
  person: 'U0DEV1',
  channel: 'C0PROD',
  host: 'web-1',
  container: 'shop',
  allowed: ['id -u'],
  reason: 'orders are stuck',
  approvedBy: 'U0OPS1',
  beginsAt: 10,
  until: 900,
  ...more,
});

/** A program that is run in a container. */
export const program = (id: string) => ({
  id,
  at: 5,
  person: 'U0DEV1',
  channel: 'C0PROD',
  host: 'web-1',
  container: 'shop',
  line: 'exec shop ls',
  granted: undefined,
});

export const auditEntry = (more: Partial<AuditEntry> = {}): AuditEntry => ({
  at: 1000,
  kind: 'event',
  request: 'R1',
  person: 'U0DEV1',
  channel: 'C0PROD',
  team: 'T0',
  source: 'slash',
  command: 'ps',
  line: 'ps',
  hosts: [],
  ...more,
});

/** Short ways to deployments that have begun. */
export function beginnings(fixture: { readonly store: Store }) {
  const deployments = () => fixture.store.deployments;
  return {
    deployments,
    async started(
      id: string,
      more: { service?: string; hosts?: string[]; at?: number; tell?: readonly string[] } = {},
    ) {
      const { service = `service-${id}`, hosts = ['web-1'], at = 10, tell = [] } = more;
      await fixture.store.approvals.create(question(`A-${id}`, { service }));
      await fixture.store.approvals.vote({ id: `A-${id}`, person: 'U0OPS1', at });
      const start = await deployments().start({ id, approval: `A-${id}`, hosts, by: 'U0OPS1', at, tell });
      if (!start.won) throw new Error(`not started: ${start.why}`);
      return start.deployment;
    },
    async claimed(owner = 'P1', now = 100) {
      const claim = await deployments().claim(owner, now);
      if (!claim) throw new Error('nothing to claim');
      return claim.lease;
    },
  };
}
