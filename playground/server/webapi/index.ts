import type { Rates } from '../rates.ts';
import { isSame } from '../tokens.ts';
import { chat } from './chat.ts';
import { directory, scopeFor } from './directory.ts';
import { type Fields, type Outcome, text } from './fields.ts';
import { files } from './files.ts';
import { type Api, type Method, refuse } from './types.ts';
import { viewMethods } from './views.ts';

const METHODS: Readonly<Record<string, Method>> = { ...directory, ...chat, ...files, ...viewMethods };

export interface Call {
  readonly method: string;
  readonly token: string;
  readonly fields: Fields;
}

export interface Answer {
  readonly outcome: Outcome;
  readonly retryAfterSeconds?: number;
}

/** Carries out a Web API call. Checks method, token, scope, rate limit and arguments, in this order. */
export function callApi(call: Call, api: Api, rates: Rates | undefined): Answer {
  const { method: name, fields } = call;
  const method = Object.hasOwn(METHODS, name) ? METHODS[name] : undefined;
  if (!method) return { outcome: refuse('unknown_method', { req_method: name }) };
  if (call.token === '') return { outcome: refuse('not_authed') };
  if (!isSame(call.token, name === 'apps.connections.open' ? api.tokens.app : api.tokens.bot))
    return { outcome: refuse('invalid_auth') };
  const needed = scopeFor(name, fields, api);
  if (needed !== undefined && !api.scopes.has(needed))
    return { outcome: refuse('missing_scope', { needed, provided: [...api.scopes].join(',') }) };
  const retryAfterSeconds = rates?.spend(name, text(fields, 'channel'));
  if (retryAfterSeconds !== undefined) return { outcome: refuse('ratelimited'), retryAfterSeconds };
  return { outcome: method(fields, api) };
}
