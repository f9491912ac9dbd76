import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { auditEntry, beginnings, freshStore, question } from './fixture.ts';

const fixture = freshStore();
const { started } = beginnings(fixture);

it('a deployment, an approval, a review or a vote whose row was deleted is missed', async () => {
  const { approvals, audit, deployments } = fixture.store;
  await started('D1');
  await approvals.create(question('A2', { service: 'api' }));
  const breakGlass = { reason: 'the shop is down', reviewBy: 900 };
  await deployments.start({ id: 'D2', approval: 'A2', hosts: ['web-2'], by: 'U0OPS1', at: 6, breakGlass });
  await approvals.create(question('A3', { service: 'db' }));
  await deployments.start({ id: 'D3', approval: 'A3', hosts: ['web-3'], by: 'U0OPS1', at: 6, breakGlass });
  await started('D4');
  await audit.append(auditEntry({ kind: 'event', command: 'deploy', outcome: 'ok', request: 'D4' }));
  const db = new DatabaseSync(fixture.url.slice(5));
  db.exec(`pragma foreign_keys = off;
    delete from reviews;
    delete from approvals where id = 'A-D1';
    delete from deployments where id in ('D2', 'D4');
    delete from votes where approval = 'A-D4'`);
  db.close();

  expect((await fixture.store.verify()).missing.toSorted()).toEqual([
    'approvals A-D1: the audit log says that it was approved, and its row is gone',
    'approvals A-D4: the approval given by U0OPS1 is gone',
    'approvals A-D4: the deployment it started is gone',
    // Nobody had to approve it, and nothing says so any more.
    'approvals A2: the approval given by U0OPS1 is gone',
    'approvals A2: the deployment it started is gone',
    'deployments D1: its approval A-D1 is gone',
    'deployments D3: the review of its break-glass is gone',
    'deployments D4: the audit log has its end, and its row is gone',
  ]);
});
