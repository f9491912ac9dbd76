import type { ImageFacts } from './facts.ts';

const CODES: Readonly<Record<string, string>> = {
  ENOTFOUND: 'its name does not resolve',
  EAI_AGAIN: 'its name does not resolve',
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'the connection was closed',
  EHOSTUNREACH: 'no route to it',
  ENETUNREACH: 'no route to it',
  ETIMEDOUT: 'no answer',
  timeout: 'no answer in time',
  UND_ERR_CONNECT_TIMEOUT: 'no answer in time',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is self-signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is signed by an unknown CA',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate is signed by an unknown CA',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its certificate is signed by an unknown CA',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name',
  ERR_SSL_WRONG_VERSION_NUMBER: 'it speaks plain HTTP, not TLS',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'it speaks plain HTTP, not TLS',
  EPROTO: 'it speaks plain HTTP, not TLS',
  refused: 'not tried: its address is private, and the config does not name it',
};

/** What a connection from Fairlead to the registry came to, as a line of evidence: it tells the host's network from the registry. */
export function pingWords({ ping, reference }: Pick<ImageFacts, 'ping' | 'reference'>): string {
  if (ping === undefined) return '';
  const { registry } = reference;
  if (!ping.ok) return `from Fairlead to ${registry}: ${CODES[ping.code] ?? `failed (${ping.code.slice(0, 40)})`}`;
  const answered = `HTTP ${ping.status} in ${ping.ms} ms`;
  return `from Fairlead to ${registry}: ${ping.isRegistry ? `answers (${answered})` : `${answered}, which is no registry`}`;
}
