import { TLSSocket } from 'node:tls';

/** The certificate that a registry showed, on a connection that was accepted. */
export interface Certificate {
  /** Unix milliseconds. */
  readonly expires: number;
  /** Name of the CA; empty where the certificate has none. */
  readonly issuer: string;
}

/** What a connection's certificate says; undefined for one without. */
export function certificateOf(socket: unknown): Certificate | undefined {
  if (!(socket instanceof TLSSocket)) return undefined;
  const { valid_to: until, issuer } = socket.getPeerCertificate();
  const expires = Date.parse(until ?? '');
  const name: unknown = issuer?.O ?? issuer?.CN;
  return Number.isNaN(expires) ? undefined : { expires, issuer: typeof name === 'string' ? name.slice(0, 100) : '' };
}
