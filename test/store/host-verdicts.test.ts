import { DatabaseSync } from 'node:sqlite';
import { beforeEach, describe, expect, it } from 'vitest';
import { auditEntry, beginnings, freshStore } from './fixture.ts';

const fixture = freshStore();
// What is remembered was recorded first.
beforeEach(async () => void (await fixture.store.audit.append(auditEntry())));
const { started, claimed } = beginnings(fixture);

/** What somebody with the file in their hands does, without the key. */
function tamper(statement: string): void {
  const db = new DatabaseSync(fixture.url.slice(5));
  db.exec('pragma foreign_keys = off');
  db.exec(statement);
  db.close();
}

describe('how a deployment ended on a host', () => {
  it.each(['mac = null', "verdict = 'deployed'", "detail = '{}'", "host = 'web-2'", 'at = 7'])(
    'is not known when somebody wrote %s, until it is written again',
    async (set) => {
      const { deployments } = fixture.store;
      await started('D1', { hosts: ['web-1', 'web-2'] });
      const lease = await claimed();
      const failed = { host: 'web-1', verdict: 'rolled_back', detail: { ms: 5 }, at: 6 };
      await deployments.hostVerdict(lease, failed);
      tamper(`update host_verdicts set ${set}`);
      expect(await deployments.hosts('D1')).toEqual([]);
      expect((await fixture.store.verify()).ok).toBe(false);

      await deployments.hostVerdict(lease, failed);
      expect(await deployments.hosts('D1')).toEqual([{ ...failed, integrity: 'signed' }]);
    },
  );
});
