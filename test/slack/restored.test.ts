import { expect, it } from 'vitest';
import { parseConfig } from '../../src/config.ts';
import { readCard } from '../../src/handlers/deploy/card/card.ts';
import { RESTORED_REQUEST, RESTORED_VERDICT, restoredOnHost } from '../../src/handlers/deploy/restored.ts';
import { plainText } from '../../src/slack/block-kit/plain.ts';
import { cardView } from '../../src/slack/views/deploy/card/card.ts';
import { backUp } from '../../src/store/backup.ts';
import { restore } from '../../src/store/restore.ts';
import { openStore } from '../../src/store/store.ts';
import { plan } from '../pictures/cards.ts';
import { auditEntry, freshStore, question } from '../store/fixture.ts';
import { KEYS } from '../store/keys.ts';

const fixture = freshStore();
const AT = Date.UTC(2026, 10, 28, 12);
const config = parseConfig(
  JSON.stringify({ slack: { team: 'T0TEAM' }, hosts: { 'web-1': { url: 'unix:///nowhere' } } }),
  'test.yml',
  {},
);
const ends = {
  at: AT + 1000,
  operator: 'root (0)',
  verdict: RESTORED_VERDICT,
  onHost: restoredOnHost,
  reason: RESTORED_REQUEST,
};

it('cards of a restored database say that nobody knows what happened since', async () => {
  const { approvals, audit, deployments } = fixture.store;
  await audit.append(auditEntry());
  const hosts = plan.waves.flat();
  for (const id of ['A-open', 'A-running'])
    await approvals.create(question(id, { plan, service: id, requestedAt: AT, expiresAt: AT + 1e6 }));
  await approvals.vote({ id: 'A-running', person: 'U0OPS1', at: AT });
  await deployments.start({ id: 'D1', approval: 'A-running', hosts, by: 'U0OPS1', at: AT });
  const [file, to] = [`${fixture.url.slice(5)}.backup`, `${fixture.url}.new`];
  await backUp(fixture.url, file, { keys: KEYS.record, overwrite: false });
  expect(await restore(to, file, { keys: KEYS.record, ends })).toMatchObject({ isDone: true });

  const store = await openStore(to, KEYS);
  const runner = { wake() {}, abort() {}, start() {}, async stop() {}, progress: () => new Map() };
  const drawn = async (id: string) => {
    const card = await readCard(id, { config, store, runner });
    return card ? plainText(cardView(card).blocks) : '';
  };
  const [open, running] = [await drawn('A-open'), await drawn('A-running')];
  await store.close();

  expect(open).toContain('What happened to it since is unknown');
  expect(open).not.toContain('Nothing changed');
  expect(running).toContain('needs attention');
  for (const host of hosts) expect(running).toContain(`Check ${host} by hand: docker ps -a`);
  expect(running).not.toContain('Abort');
});
