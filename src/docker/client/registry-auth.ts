import type { RegistryAuth } from './call-options.ts';

/** Engines take base64url with its padding only; without, they see no credentials at all and do not say so. */
export function authHeaders(auth: RegistryAuth | undefined): Readonly<Record<string, string>> {
  if (auth === undefined) return {};
  const text = JSON.stringify({
    username: auth.username,
    password: auth.password,
    serveraddress: auth.serverAddress,
  });
  return { 'X-Registry-Auth': Buffer.from(text).toString('base64').replaceAll('+', '-').replaceAll('/', '_') };
}
