import type { RegistryAuth } from './call-options.ts';

/** Encodes credentials as padded base64url. Without the padding engines silently ignore them. */
export function authHeaders(auth: RegistryAuth | undefined): Readonly<Record<string, string>> {
  if (auth === undefined) return {};
  const text = JSON.stringify({
    username: auth.username,
    password: auth.password,
    serveraddress: auth.serverAddress,
  });
  return { 'X-Registry-Auth': Buffer.from(text).toString('base64').replaceAll('+', '-').replaceAll('/', '_') };
}
