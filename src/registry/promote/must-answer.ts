import type { Response } from 'undici';
import type { Asked, RegistryCall } from '../calls.ts';
import { errorFromAnswer } from '../errors.ts';

/** Sends a call and discards the body of its answer. Rejects with a `RegistryError` unless the status is one of `expected`. */
export async function mustAnswer(to: Asked, call: RegistryCall, expected: readonly number[]): Promise<Response> {
  const response = await to.ask(call);
  if (!expected.includes(response.status)) throw await errorFromAnswer(to.registry, response);
  await response.body?.cancel();
  return response;
}
