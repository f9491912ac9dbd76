import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { createMetrics } from '../../src/metrics/metrics.ts';

const names = { commands: ['ps'], hosts: ['web-1'], services: ['shop'], registries: ['r.example'] };

const exported = async () => {
  const { text } = await createMetrics('1.0.0', names).read(async () => undefined);
  return [...text.matchAll(/^# TYPE (fairlead_\w+) (\w+)$/gmu)].map(([, name, type]) => `${name} ${type}`);
};

it('the documentation has every metric that is exported, with its type, and no other', async () => {
  const docs = readFileSync('docs/observability.md', 'utf8');
  const documented = [...docs.matchAll(/^\| `(fairlead_\w+)` \| (\w+) \|/gmu)].map(
    ([, name, type]) => `${name} ${type}`,
  );

  expect(documented.length).toBeGreaterThan(15);
  expect((await exported()).toSorted()).toEqual(documented.toSorted());
});

it('what the store does not say is left out, and names that the config has not are other', async () => {
  const metrics = createMetrics('1.0.0', names);
  const counts = {
    pending: new Map([
      ['shop', 2],
      ['gone', 1],
      ['left', 1],
    ]),
    locks: 1,
    queues: new Map([['notes', 3]]),
    scanAgeMs: 1500,
    auditLength: 7,
  };
  const first = await metrics.read(async () => counts);
  const second = await metrics.read(() => Promise.reject(new Error('The database is away.')));

  expect(first.text).toContain('fairlead_approvals_pending{service="shop"} 2');
  expect(first.text).toContain('fairlead_approvals_pending{service="other"} 2');
  expect(first.text).toContain('fairlead_scan_age_seconds 1.5');
  expect(second.text).not.toMatch(
    /^fairlead_(?:approvals_pending|locks_held|queue_depth|audit_chain_length|scan_age)/mu,
  );
  expect(second.text).toContain('fairlead_build_info{version="1.0.0"} 1');
});
