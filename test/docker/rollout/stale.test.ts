import { expect, it } from 'vitest';
import type { Container } from '../../../src/docker/client/types.ts';
import type { StaleReason } from '../../../src/docker/rollout/errors.ts';
import { staleReasons } from '../../../src/docker/rollout/stale.ts';
import type { HostPlan, RunningNow } from '../../../src/docker/rollout/types.ts';
import { plan } from '../../pictures/cards.ts';

const APPROVED = plan.hosts[0] as HostPlan;
const live = APPROVED.now as RunningNow;
const later = (more: Partial<HostPlan>): HostPlan => ({ ...APPROVED, ...more });
const within = (state: string) => later({ now: { ...live, state } });

it.each([
  ['nothing', {}],
  ['a warning', { warnings: ['There is no health check.'] }],
  ['a pulled image', { imagePresent: true, diskFreeBytes: 1 }],
])('%s does not make a plan stale', (_, more) => {
  expect(staleReasons(APPROVED, { plan: later(more) })).toEqual([]);
});

it.each([
  ['a different container', 'replaced', { now: { ...live, containerId: 'f'.repeat(64) } }],
  ['different settings', 'edited', { now: { ...live, configHash: 'other' } }],
  ['a stopped container', 'state', { now: { ...live, state: 'exited' } }],
  ['a paused container', 'state', { now: { ...live, state: 'paused' } }],
  ['a removed container', 'removed', { now: undefined }],
  ['a conflict', 'conflict', { conflicts: ['Port 80/tcp is in use by other.'] }],
  ['different requested settings', 'settings', { next: { ...APPROVED.next, bodyHash: 'other' } }],
  ['a different image', 'settings', { next: { ...APPROVED.next, digest: `sha256:${'0'.repeat(64)}` } }],
  ['a different strategy', 'strategy', { strategy: 'start-first' }],
] satisfies [string, StaleReason['kind'], Partial<HostPlan>][])('%s makes a plan stale', (_, kind, more) => {
  expect(staleReasons(APPROVED, { plan: later(more) })).toMatchObject([{ kind }]);
});

it('a container created since makes a plan stale', () => {
  expect(staleReasons(later({ now: undefined }), { plan: APPROVED })).toMatchObject([{ kind: 'created' }]);
});

it('a container that is there under another name was renamed, and not removed', () => {
  const survey = { containers: [{ id: live.containerId, names: ['web/shop', 'shop-old'] } as unknown as Container] };

  expect(staleReasons(APPROVED, { plan: later({ now: undefined }), survey })).toEqual([
    { kind: 'renamed', text: 'shop was renamed to shop-old.' },
  ]);
});

it('a crash loop does not make a plan stale, until someone stops the container', () => {
  for (const [was, is] of [
    ['running', 'restarting'],
    ['restarting', 'running'],
  ] as const)
    expect(staleReasons(within(was), { plan: within(is) })).toEqual([]);
  for (const was of ['running', 'restarting'])
    expect(staleReasons(within(was), { plan: within('exited') })).toHaveLength(1);
  expect(staleReasons(within('exited'), { plan: within('restarting') })).toHaveLength(1);
});
