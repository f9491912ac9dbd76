import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { withSecrets } from '../../src/entry/lambda/secrets.ts';
import { SECRET_ARN, type SecretsManager, startSecretsManager } from './secrets-manager.ts';
import { AWS_CREDENTIALS } from './signed.ts';

const VALUES = { SLACK_BOT_TOKEN: 'xoxb-of-the-secret', LOG_LEVEL: 'debug' };

beforeEach(() => {
  for (const [name, value] of Object.entries(AWS_CREDENTIALS)) vi.stubEnv(name, value);
});
afterEach(() => vi.unstubAllEnvs());

const read = (manager: SecretsManager, env: Record<string, string> = {}) => {
  vi.stubEnv('AWS_ENDPOINT_URL_SECRETS_MANAGER', manager.endpoint);
  return withSecrets({ FAIRLEAD_SECRETS_ARN: SECRET_ARN, ...env });
};

it('reads the variables of a secret; those of the function itself count more', async () => {
  await using manager = await startSecretsManager({ SecretString: JSON.stringify(VALUES) });

  expect(await read(manager, { LOG_LEVEL: 'warn' })).toEqual({
    FAIRLEAD_SECRETS_ARN: SECRET_ARN,
    ...VALUES,
    LOG_LEVEL: 'warn',
  });
});

it('tries again where Secrets Manager fails, and not where it refuses', async () => {
  await using manager = await startSecretsManager({ SecretString: JSON.stringify(VALUES) });
  const failure = { status: 500, type: 'InternalServiceError', message: 'An error occurred on the server side.' };
  manager.failures.push(failure, { ...failure, status: 400, type: 'ThrottlingException' });
  expect(await read(manager)).toMatchObject(VALUES);
  expect(manager.asked()).toBe(3);

  manager.failures.push(failure, failure, failure);
  await expect(read(manager)).rejects.toThrow('500 InternalServiceError: An error occurred on the server side.');
  expect(manager.asked()).toBe(6);

  const denied = { status: 400, type: 'AccessDeniedException', message: 'User is not authorized.' };
  manager.failures.push(denied);
  await expect(read(manager)).rejects.toThrow(`Reading the secret ${SECRET_ARN} failed: 400 AccessDeniedException`);
  expect(manager.asked()).toBe(7);
});

it('is refused with other credentials, and without any', async () => {
  await using manager = await startSecretsManager({ SecretString: JSON.stringify(VALUES) });
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'another-key');
  await expect(read(manager)).rejects.toThrow('InvalidSignatureException');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', AWS_CREDENTIALS.AWS_SECRET_ACCESS_KEY);
  vi.stubEnv('AWS_SESSION_TOKEN', undefined);
  await expect(read(manager)).rejects.toThrow('InvalidSignatureException');
});

it.each([
  ['no text', {}],
  ['no JSON', { SecretString: 'xoxb-of-the-secret' }],
  ['no object of texts', { SecretString: '{"SLACK_BOT_TOKEN":{"of":"xoxb-of-the-secret"}}' }],
])('a secret that is %s is refused without its value', async (_, secret) => {
  await using manager = await startSecretsManager(secret);
  const failed = read(manager);

  await expect(failed).rejects.toThrow('its text is no JSON object of names and texts');
  await expect(failed).rejects.not.toThrow('of-the-secret');
});

it('says that Secrets Manager cannot be reached', async () => {
  await using manager = await startSecretsManager({});
  const { endpoint } = manager;
  await manager[Symbol.asyncDispose]();

  await expect(read({ ...manager, endpoint })).rejects.toThrow(`Reading the secret ${SECRET_ARN} failed: `);
});
