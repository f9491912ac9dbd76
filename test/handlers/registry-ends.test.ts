import { expect, it } from 'vitest';
import { rowOf } from '../../src/handlers/registries/row.ts';
import type { RegistryState } from '../../src/registry/status.ts';

const NOW = Date.UTC(2026, 10, 29);
const HOUR = 3_600_000;

const endingIn = (ms: number): RegistryState => ({
  registry: 'registry.local',
  ping: { ok: true, isRegistry: true, status: 200, ms: 3, date: NOW },
  kind: { kind: 'harbor', version: undefined },
  isPlain: false,
  certificate: { issuer: 'CA', expires: NOW + ms },
  login: { as: 'accepted' },
  pushLogin: undefined,
  limit: undefined,
  robotEnds: NOW + ms,
  warnings: [],
});

it.each([
  [-HOUR, 'has ended'],
  [HOUR / 2, 'ends in 30 min'],
  [25 * HOUR, 'ends in 25 h'],
  [49 * HOUR, 'ends in 2 days'],
])('of a certificate and a robot account with %i ms left says %s', (ms, said) => {
  const { problems } = rowOf(endingIn(ms), { now: NOW, redact: (text) => text });
  expect(problems.map(({ what }) => what)).toEqual([
    `The certificate of registry.local ${said}.`,
    `The robot account of registry.local ${said}.`,
  ]);
});
