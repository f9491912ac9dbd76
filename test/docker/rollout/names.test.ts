import { describe, expect, it } from 'vitest';
import { PlanStale } from '../../../src/docker/rollout/errors.ts';
import {
  failedVersions,
  keptByRollouts,
  LABELS,
  liveContainer,
  previousVersions,
  rolloutLabels,
  rolloutNames,
} from '../../../src/docker/rollout/names.ts';
import type { HostRun } from '../../../src/docker/rollout/types.ts';

const NOW = Date.UTC(2026, 10, 24);
const DAY = 24 * 3_600_000;

function made(
  name: string,
  more: { labels?: Record<string, string>; state?: 'exited' | 'running'; age?: number } = {},
) {
  const { labels = {}, state = 'exited', age = 0 } = more;
  return { id: name, names: [name, `${name}-user/alias`], labels, state, createdAt: NOW - age };
}

const madeBy = (deploy: string) => ({ [LABELS.target]: 'shop', [LABELS.deploy]: deploy });

describe('names on a host', () => {
  it('identify a deployment and are short enough for an engine', () => {
    expect(rolloutNames('shop', '01JD0000000000000000ABCDEF')).toEqual({
      candidate: 'shop.candidate',
      previous: 'shop.prev-01JD0000000000000000ABCDEF',
      failed: 'shop.failed-01JD0000000000000000ABCDEF',
      versioned: 'shop-00abcdef',
    });
  });

  it('finds the serving container by name, or the version that a rollout created', () => {
    const versioned = made('shop-00abcdef', { labels: madeBy('00ABCDEF'), state: 'running' });
    const stopped = made('shop-00000001', { labels: madeBy('00000001') });
    const own = made('shop');
    const other = made('shop-00000001', { labels: madeBy('00ABCDEF'), state: 'running' });
    const stranger = made('shop-worker', { state: 'running' });

    expect(liveContainer([stopped, versioned, own], 'shop')).toBe(own);
    expect(liveContainer([stranger, stopped, versioned], 'shop')).toBe(versioned);
    expect(liveContainer([stranger, stopped], 'shop')).toBe(stopped);
    expect(liveContainer([stranger, other], 'shop')).toBeUndefined();
  });

  it('orders earlier versions newest first, and ignores containers of others', () => {
    const id = (letter: string) => `01JD${letter.padStart(22, '0')}`;
    const names = [`shop.prev-${id('A')}`, `shop.prev-${id('C')}`, `shop2.prev-${id('D')}`, `shop.prev-${id('B')}`];
    const all = [...names, 'shop', 'shop.prev-by-hand'].map((name) => made(name));
    expect(previousVersions(all, 'shop').map(({ id }) => id)).toEqual([names[1], names[3], names[0]]);
    const failed = (letter: string, age: number) =>
      made(`shop.failed-${id(letter)}`, { age, labels: { [LABELS.deploy]: id(letter) } });
    const kept = made(`shop.failed-${id('C')}`);
    expect(failedVersions([failed('A', DAY), failed('B', 0), kept, made('shop.failed-1')], 'shop')).toEqual([
      failed('B', 0),
      failed('A', DAY),
    ]);
  });
});

describe('labels of containers that a rollout creates', () => {
  it('name the deployment, the person, the image, and the replaced container', () => {
    const restartPolicy = { name: 'always', maximumRetryCount: 0 };
    const run = {
      deployId: '01JD',
      by: 'U0DEV1',
      plan: { name: 'shop', now: { containerId: 'aa', restartPolicy } },
      wanted: { image: { repository: 'docker.io/library/shop', tag: '1.4.0', digest: 'sha256:11' } },
    } as unknown as HostRun;

    expect(rolloutLabels(run)).toEqual({
      'fairlead.deploy': '01JD',
      'fairlead.target': 'shop',
      'fairlead.by': 'U0DEV1',
      'fairlead.image': 'docker.io/library/shop:1.4.0@sha256:11',
      'fairlead.prev': 'aa',
      'fairlead.prev-policy': '{"name":"always","maximumRetryCount":0}',
    });
  });
});

describe('what a prune must not offer', () => {
  it.each([
    ['an earlier version', made('shop.prev-01JD')],
    ['a version that failed today', made('shop.failed-01JD', { age: DAY - 1 })],
    ['what a rollout made', made('shop.candidate', { labels: { [LABELS.deploy]: '1' } })],
  ])('keeps %s', (_, item) => {
    expect(keptByRollouts([item], NOW)).toEqual(new Set([item.id]));
  });

  it('keeps a stopped container that a rollout is replacing', () => {
    const candidate = made('shop.candidate', { labels: { [LABELS.deploy]: '1', [LABELS.target]: 'shop' } });
    expect(keptByRollouts([made('shop'), candidate], NOW)).toEqual(new Set(['shop', 'shop.candidate']));
  });

  it.each([
    ['an ordinary one', made('shop')],
    ['a version that failed long ago', made('shop.failed-01JD', { age: DAY, labels: { [LABELS.deploy]: '1' } })],
    ['one that merely sounds like it', made('shop.prev')],
  ])('does not keep %s', (_, item) => {
    expect(keptByRollouts([item], NOW)).toEqual(new Set());
  });
});

it('a stale plan says every reason', () => {
  const reasons = [
    { kind: 'edited', text: 'shop was changed by hand.' },
    { kind: 'state', text: 'shop was stopped.' },
  ] as const;
  expect(new PlanStale(reasons).message).toBe('shop was changed by hand. shop was stopped.');
});
