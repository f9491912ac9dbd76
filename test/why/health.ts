import type { Row } from './provoke.ts';
import { sh } from './scene.ts';

const SECOND = 1e9;
const LONG = 'sleep 600 & wait';
const unhealthy: Pick<Row, 'until'> = { until: ({ State }) => State.Health?.Status === 'unhealthy' };
const check = (test: string, more = {}) => ({
  Healthcheck: { Test: ['CMD-SHELL', test], Interval: SECOND / 2, Timeout: SECOND, Retries: 1, ...more },
});

/** Health checks that fail, each in its way. */
export const HEALTH: readonly Row[] = [
  {
    what: 'a health check with a program the image does not have',
    expected: 'health-command-missing',
    body: {
      ...sh(LONG),
      Healthcheck: { Test: ['CMD', 'curl', '-f', 'http://localhost/'], Interval: SECOND / 2, Retries: 1 },
    },
    ...unhealthy,
  },
  {
    what: 'the same through a shell',
    expected: 'health-command-missing',
    body: { ...sh(LONG), ...check('curl -f http://localhost/ || exit 1') },
    ...unhealthy,
  },
  {
    what: 'a health check that takes too long',
    expected: 'health-timeout',
    body: { ...sh(LONG), ...check('sleep 20') },
    ...unhealthy,
  },
  {
    what: 'a health check of a port on which nothing listens',
    expected: 'health-nothing-listens',
    body: { ...sh(LONG), ...check('wget -qO- http://127.0.0.1:8080/') },
    ...unhealthy,
  },
  {
    what: 'a health check that gets 404',
    expected: 'health-http-error',
    body: {
      ...sh(`mkdir -p /tmp/w; httpd -f -p 8080 -h /tmp/w & ${LONG}`),
      ...check('wget -qO- http://127.0.0.1:8080/healthz'),
    },
    ...unhealthy,
  },
  {
    what: 'a health check of a host name that does not resolve',
    expected: 'health-name-unknown',
    body: { ...sh(LONG), ...check('wget -qO- http://shop.internal/ || exit 1', { Timeout: 20 * SECOND }) },
    ...unhealthy,
  },
  {
    what: 'a health check that says nothing',
    expected: 'health-check-fails',
    body: { ...sh(LONG), ...check('exit 1') },
    ...unhealthy,
  },
  {
    what: 'a health check that says why',
    expected: 'health-check-fails',
    body: { ...sh(LONG), ...check('echo replication lag too high; exit 2') },
    ...unhealthy,
  },
  {
    what: 'a health check that was not run yet',
    expected: 'health-not-checked-yet',
    body: { ...sh(LONG), ...check('true', { Interval: 600 * SECOND }) },
    until: ({ State }) => State.Health?.Status === 'starting',
  },
  {
    what: 'a health check that does not pass within its start period',
    expected: 'health-nothing-listens',
    body: { ...sh(LONG), ...check('wget -qO- http://127.0.0.1:8080/', { StartPeriod: 600 * SECOND, Retries: 3 }) },
    until: ({ State }) => (State.Health?.Log?.length ?? 0) > 0,
  },
  {
    what: 'unhealthy, since what it depends on refuses its connections, as its log says',
    expected: 'dependency-refused-connection',
    body: { ...sh(`echo "Error: connect ECONNREFUSED 10.0.0.9:5432" >&2; ${LONG}`), ...check('exit 1') },
    ...unhealthy,
  },
];
