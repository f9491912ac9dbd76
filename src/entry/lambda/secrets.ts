import { z } from 'zod';
import { messageOf, UserError } from '../../domain/errors.ts';
import { callAws, serviceUrl } from './aws.ts';

const Answer = z.object({ SecretString: z.string() });
const Values = z.record(z.string(), z.string());

type Env = Readonly<Record<string, string | undefined>>;

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
  const read = Answer.safeParse(jsonOf(answer));
  const values = Values.safeParse(jsonOf(read.data?.SecretString ?? ''));
  if (!values.success) throw failed(arn, 'its text is no JSON object of names and texts');
  return { ...values.data, ...env };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
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
