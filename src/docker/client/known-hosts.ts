import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

export interface PinnedKey {
  /** As in the file: `ssh-ed25519`, `ssh-rsa`, `ecdsa-sha2-nistp256`. */
  readonly type: string;
  readonly key: Buffer;
}

export interface Pinned {
  readonly keys: readonly PinnedKey[];
  readonly revoked: readonly Buffer[];
}

/** Keys that a known_hosts file pins for an address: plain names, `[host]:port`, patterns and hashed names. */
export function pinnedKeys(text: string, host: string, port: number): Pinned {
  const name = port === 22 ? host.toLowerCase() : `[${host.toLowerCase()}]:${port}`;
  const keys: PinnedKey[] = [];
  const revoked: Buffer[] = [];
  for (const line of text.split('\n')) {
    const fields = line.trim().split(/\s+/u);
    const marker = fields[0]?.startsWith('@') ? fields.shift() : undefined;
    const [names = '', type = '', blob] = fields;
    // The line of a certificate authority pins no key of the host itself.
    if (blob === undefined || names.startsWith('#') || marker === '@cert-authority' || !appliesTo(names, name))
      continue;
    const key = Buffer.from(blob, 'base64');
    if (marker === '@revoked') revoked.push(key);
    else if (marker === undefined) keys.push({ type, key });
  }
  return { keys, revoked };
}

function appliesTo(names: string, name: string): boolean {
  if (names.startsWith('|1|')) return matchesHash(names, name);
  const patterns = names.toLowerCase().split(',');
  return (
    patterns.some((pattern) => !pattern.startsWith('!') && matchesPattern(name, pattern)) &&
    !patterns.some((pattern) => pattern.startsWith('!') && matchesPattern(name, pattern.slice(1)))
  );
}

function matchesHash(entry: string, name: string): boolean {
  const [, , salt = '', hash = ''] = entry.split('|');
  const expected = Buffer.from(hash, 'base64');
  const actual = createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest();
  return expected.length === actual.length && timingSafeEqual(expected, actual);
}

/**
 * Matches `*` (any characters) and `?` (one). Backtracks to the last star only, so the cost is bounded by pattern times
 * name.
 */
function matchesPattern(name: string, pattern: string): boolean {
  let at = 0;
  let own = 0;
  let star = -1;
  let taken = 0;
  while (at < name.length) {
    if (pattern[own] === '*') {
      star = own;
      taken = at;
      own += 1;
    } else if (own < pattern.length && (pattern[own] === '?' || pattern[own] === name[at])) {
      own += 1;
      at += 1;
    } else if (star >= 0) {
      taken += 1;
      at = taken;
      own = star + 1;
    } else return false;
  }
  return [...pattern.slice(own)].every((char) => char === '*');
}

/** Algorithms to request from a server, so that it presents a key of a pinned type. */
export function algorithmsFor(keys: readonly PinnedKey[]): string[] {
  const types = new Set(keys.map(({ type }) => type));
  return [...types].flatMap((type) => (type === 'ssh-rsa' ? ['rsa-sha2-512', 'rsa-sha2-256'] : [type]));
}

/** Fingerprint as OpenSSH shows it. */
export function fingerprint(key: Buffer): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replaceAll('=', '')}`;
}
