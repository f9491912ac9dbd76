import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { type AwsCall, callAws } from '../../src/entry/lambda/aws.ts';
import { type InvokeFault, type InvokeServer, startInvoke } from './invoke.ts';
import { AWS_CREDENTIALS } from './signed.ts';

const THROTTLED = { status: 429, type: 'TooManyRequestsException', message: 'Rate Exceeded.' };
/** A timer of Node may fire a millisecond early. */
const EARLY_MS = 1;

let lambda: InvokeServer;
beforeEach(async () => {
  for (const [name, value] of Object.entries(AWS_CREDENTIALS)) vi.stubEnv(name, value);
  lambda = await startInvoke({ retryMs: 0, deliver: async () => undefined });
});
afterEach(async () => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  await lambda.stop();
});

const call = (given: Partial<AwsCall> = {}) =>
  callAws({
    service: 'lambda',
    url: new URL(`/2015-03-31/functions/${encodeURIComponent(lambda.function)}/invocations`, lambda.endpoint),
    headers: { 'content-type': 'application/json', 'x-amz-invocation-type': 'Event' },
    body: '{}',
    withinMs: 20_000,
    attempts: 4,
    ...given,
  });
const pauses = () => lambda.askedAt.slice(1).map((at, index) => at - (lambda.askedAt[index] ?? 0));

it('pauses before each attempt for a random part of a time that doubles', async () => {
  vi.spyOn(Math, 'random').mockReturnValue(0.9);
  lambda.faults.push(THROTTLED, { ...THROTTLED, status: 503, type: 'ServiceException' }, 'lost');

  await call();
  expect(pauses()).toHaveLength(3);
  for (const [index, pause] of pauses().entries()) expect(pause).toBeGreaterThanOrEqual(90 * 2 ** index - EARLY_MS);
});

it('waits as long as the service asks for', async () => {
  lambda.faults.push({ ...THROTTLED, retryAfter: '1' });

  await call();
  expect(pauses()).toHaveLength(1);
  expect(pauses()[0]).toBeGreaterThanOrEqual(1000 - EARLY_MS);
});

it.each(['3600', 'Infinity'])('fails at once where there is no time for a pause of %s seconds', async (retryAfter) => {
  lambda.faults.push({ ...THROTTLED, retryAfter });

  await expect(call()).rejects.toThrow('429 TooManyRequestsException: Rate Exceeded.');
  expect(lambda.askedAt).toHaveLength(1);
});

it.each(['-1', 'soon', 'Sun, 29 Nov 2026 12:00:00 GMT'])('takes a Retry-After of "%s" for none', async (retryAfter) => {
  lambda.faults.push({ ...THROTTLED, retryAfter });

  await call();
  expect(lambda.askedAt).toHaveLength(2);
});

it.each<[string, InvokeFault, number]>([
  ['throttled by SQS', { status: 403, type: 'RequestThrottled', message: 'Slow.' }, 2],
  ['throttled by Secrets Manager', { status: 400, type: 'ThrottlingException', message: 'Rate exceeded' }, 2],
  ['refused', { status: 400, type: 'InvalidParameterValueException', message: 'No.' }, 1],
])('that is %s is sent as often as that can help', async (_, fault, attempts) => {
  lambda.faults.push(fault);

  await call().catch(() => undefined);
  expect(lambda.askedAt).toHaveLength(attempts);
});
