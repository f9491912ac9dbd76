import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A CA that nobody knows, and a certificate it signed for one address. */
export interface PrivateCa extends Disposable {
  /** Files, as PEM. */
  readonly ca: string;
  readonly certificate: string;
  readonly key: string;
}

export function privateCa(address: string): PrivateCa {
  const folder = mkdtempSync(join(tmpdir(), 'fairlead-ca-'));
  const at = (name: string) => join(folder, name);
  const openssl = (...words: readonly string[]) => execFileSync('openssl', words, { stdio: 'pipe' });
  const newKey = (name: string) => [
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-keyout',
    at(name),
  ];
  openssl(
    'req',
    '-x509',
    ...newKey('ca.key'),
    '-out',
    at('ca.pem'),
    '-days',
    '30',
    '-subj',
    '/O=Acme Internal CA/CN=ca',
  );
  openssl('req', ...newKey('key.pem'), '-out', at('csr'), '-subj', '/CN=registry');
  writeFileSync(at('names'), `subjectAltName = IP:${address}`);
  const signing = ['-CA', at('ca.pem'), '-CAkey', at('ca.key'), '-CAcreateserial', '-extfile', at('names')];
  openssl('x509', '-req', '-in', at('csr'), ...signing, '-out', at('cert.pem'), '-days', '30');
  return {
    ca: at('ca.pem'),
    certificate: at('cert.pem'),
    key: at('key.pem'),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}
