import { expect, it } from 'vitest';
import { parseReference } from '../../src/domain/reference.ts';
import { diagnoseImage } from '../../src/handlers/images/why/diagnose.ts';
import type { ImageFacts } from '../../src/handlers/images/why/facts.ts';

const NOW = Date.UTC(2026, 10, 28, 12);
const factsOf = (more: Partial<ImageFacts> = {}): ImageFacts => ({
  host: 'web-1',
  reference: parseReference('harbor.example.com/devops/shop:2.4.1'),
  asked: { kind: 'found', digest: `sha256:${'1'.repeat(64)}`, platforms: ['linux/amd64'] },
  present: { digests: [`harbor.example.com/devops/shop@sha256:${'1'.repeat(64)}`] },
  engine: { arch: 'amd64', proxy: '', time: new Date(NOW).toISOString() },
  diskFreeBytes: 50e9,
  ping: { ok: true, status: 401, ms: 30, isRegistry: true, date: NOW },
  nearTags: [],
  nearRepository: undefined,
  hasAccount: false,
  warnings: [],
  now: NOW,
  unread: [],
  ...more,
});
const first = (more: Partial<ImageFacts>) => diagnoseImage(factsOf(more)).causes[0];
const failed = (fault: 'tls_unknown_ca' | 'auth_or_missing' | 'dns', engineSaid: string): ImageFacts['asked'] => ({
  kind: 'failed',
  fault,
  engineSaid,
  status: 500,
});

it('an image that is there and current has no cause', () => {
  expect(first({})).toBeUndefined();
});

it('a clock that is wrong comes before the certificates that it makes look wrong', () => {
  const asked = failed('tls_unknown_ca', 'x509: certificate signed by unknown authority');
  const engine = { arch: 'amd64', proxy: '', time: new Date(NOW - 3_600_000 * 24 * 400).toISOString() };
  expect(first({ asked, engine })).toMatchObject({ id: 'clock-wrong' });
  expect(first({ asked })).toMatchObject({ id: 'tls-unknown-ca' });
});

it('a registry that is written without a dot is Docker Hub to an engine', () => {
  const warnings = ['`harbor` has no dot or port, so the engine reads `docker.io/harbor/shop:1`: Docker Hub.'];
  const asked = failed('auth_or_missing', 'pull access denied for harbor/shop');
  expect(first({ asked, warnings })).toMatchObject({ id: 'registry-without-dot' });
});

it('a disk that is nearly full is named before an image is pulled onto it', () => {
  expect(first({ present: 'missing', diskFreeBytes: 1e8 })).toMatchObject({ id: 'disk-nearly-full' });
  expect(first({ present: 'missing' })).toMatchObject({ id: 'not-pulled' });
});

it('the proxy of the engine and the way from Fairlead are evidence', () => {
  const engine = { arch: 'amd64', proxy: 'http://proxy.internal:3128', time: '' };
  const evidence = first({ asked: failed('dns', 'lookup harbor.example.com: no such host'), engine })?.evidence ?? [];
  expect(evidence.join('\n')).toMatch(/from Fairlead to harbor\.example\.com.*\n.*proxy\.internal/u);
});
