import { expect, it } from 'vitest';
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
  ['the image having been pulled', { imagePresent: true, diskFreeBytes: 1 }],
])('%s is no move', (_, more) => {
  expect(staleReasons(APPROVED, later(more))).toEqual([]);
});

it.each([
  ['another container', { now: { ...live, containerId: 'f'.repeat(64) } }],
  ['its settings', { now: { ...live, configHash: 'other' } }],
  ['its end', { now: { ...live, state: 'exited' } }],
  ['a pause', { now: { ...live, state: 'paused' } }],
  ['its removal', { now: undefined }],
  ['a conflict', { conflicts: ['Port 80/tcp is taken by other.'] }],
  ['what is asked for', { next: { ...APPROVED.next, bodyHash: 'other' } }],
  ['the image', { next: { ...APPROVED.next, digest: `sha256:${'0'.repeat(64)}` } }],
  ['the strategy', { strategy: 'start-first' }],
] satisfies [string, Partial<HostPlan>][])('%s is a move', (_, more) => {
  expect(staleReasons(APPROVED, later(more))).toHaveLength(1);
});

it('a container made since is a move', () => {
  expect(staleReasons(later({ now: undefined }), APPROVED)).toHaveLength(1);
});

it('a container that crashes again and again is the same at every look, until somebody stops it', () => {
  for (const [was, is] of [
    ['running', 'restarting'],
    ['restarting', 'running'],
  ] as const)
    expect(staleReasons(within(was), within(is))).toEqual([]);
  for (const was of ['running', 'restarting']) expect(staleReasons(within(was), within('exited'))).toHaveLength(1);
  expect(staleReasons(within('exited'), within('restarting'))).toHaveLength(1);
});
