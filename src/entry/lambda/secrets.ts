import { messageOf, UserError } from '../../domain/errors.ts';
import { callAws, serviceUrl } from './aws.ts';

/** Variables by name. */
export type Env = Readonly<Record<string, string | undefined>>;

/** Longest wait for Secrets Manager, in milliseconds. */
const READ_MS = 5000;

/**
 * The environment with the values of the secret that FAIRLEAD_SECRETS_ARN names, a JSON object of variables. What is set in
 * the environment itself counts more. Throws a `UserError` that shows no value.
 */
export async function withSecrets(env: Env): Promise<Env> {
  const { FAIRLEAD_SECRETS_ARN: arn } = env;
  if (arn === undefined || arn === '') return env;
  let answer: string;
  try {
    answer = await callAws({
      service: 'secretsmanager',
      url: serviceUrl('secretsmanager'),
      headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': 'secretsmanager.GetSecretValue' },
      body: JSON.stringify({ SecretId: arn }),
      withinMs: READ_MS,
      attempts: 3,
    });
  } catch (error) {
    throw failed(arn, messageOf(error));
  }
  const values = valuesIn(answer);
  if (values === undefined) throw failed(arn, 'its text is no JSON object of names and texts');
  return { ...values, ...env };
}

/** The values in the answer of Secrets Manager; undefined when its text is something else. */
function valuesIn(answer: string): Env | undefined {
  // Without zod, which is not loaded yet where this is awaited.
  const values = objectIn(objectIn(answer)?.['SecretString']);
  return values && Object.values(values).every((value) => typeof value === 'string') ? (values as Env) : undefined;
}

function objectIn(text: unknown): Readonly<Record<string, unknown>> | undefined {
  if (typeof text !== 'string') return undefined;
  try {
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

const failed = (arn: string, cause: string) =>
  new UserError(
    'not_configured',
    `Reading the secret ${arn} failed: ${cause}.`,
    'The role of the function needs secretsmanager:GetSecretValue for it, and a way to Secrets Manager from its VPC.',
  );
