import { execFileSync } from 'node:child_process';
import { hash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';

/** A registry that is in trouble, while a row is asked. */
export interface TroubledRegistry extends AsyncDisposable {
  /** `192.0.2.2:5000` */
  readonly host: string;
}

/** An address of this machine that is not its loopback, which engines let speak plain HTTP. */
export function ownAddress(): string | undefined {
  return Object.values(networkInterfaces())
    .flatMap((all) => all ?? [])
    .find(({ family, internal }) => family === 'IPv4' && !internal)?.address;
}

async function listen(server: Server, address: string): Promise<TroubledRegistry> {
  const sockets = new Set<{ destroy(): void }>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
  });
  server.listen(0, address);
  await once(server, 'listening');
  return {
    host: `${address}:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await once(server.close(), 'close');
    },
  };
}

export const plainRegistry = (answer: RequestListener, address = '127.0.0.1') =>
  listen(createHttpServer(answer), address);

/** One with a certificate nobody signed, for `name`; or one that has expired. */
export async function tlsRegistry(name: string, validity: 'valid' | 'expired'): Promise<TroubledRegistry> {
  const folder = mkdtempSync(join(tmpdir(), 'fairlead-why-'));
  const file = (of: string) => join(folder, of);
  const openssl = (...words: readonly string[]) => execFileSync('openssl', words, { stdio: 'pipe' });
  try {
    writeFileSync(file('config'), CA.replaceAll('$FOLDER', folder).replace('$NAME', name));
    writeFileSync(file('index'), '');
    writeFileSync(file('serial'), '01');
    const key = ['-newkey', 'rsa:2048', '-nodes', '-keyout', file('key'), '-out', file('csr')];
    openssl('req', '-new', '-config', file('config'), '-subj', '/CN=registry', ...key);
    const [from, until] =
      validity === 'valid' ? ['20200101000000Z', '20490101000000Z'] : ['20200101000000Z', '20200201000000Z'];
    const made = ['-keyfile', file('key'), '-in', file('csr'), '-out', file('cert'), '-notext', '-extensions', 'ext'];
    openssl('ca', '-batch', '-selfsign', '-config', file('config'), ...made, '-startdate', from, '-enddate', until);
    const files = { key: readFileSync(file('key')), cert: readFileSync(file('cert')) };
    return await listen(
      createHttpsServer(files, (_, response) => response.end()),
      ownAddress() ?? '127.0.0.1',
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const CA = `[req]
distinguished_name = name
[name]
[ext]
subjectAltName = $NAME
[ca]
default_ca = own
[own]
database = $FOLDER/index
serial = $FOLDER/serial
new_certs_dir = $FOLDER
default_md = sha256
policy = policy
[policy]
commonName = supplied
`;

/** An index that has these platforms, as a registry gives it. */
export function indexFor(...platforms: readonly string[]): RequestListener {
  const manifests = platforms.map((platform) => {
    const [os, architecture] = platform.split('/');
    const mediaType = 'application/vnd.oci.image.manifest.v1+json';
    return { mediaType, size: 2, digest: `sha256:${hash('sha256', platform)}`, platform: { os, architecture } };
  });
  const mediaType = 'application/vnd.oci.image.index.v1+json';
  const body = JSON.stringify({ schemaVersion: 2, mediaType, manifests });
  const headers = { 'content-type': mediaType, 'docker-content-digest': `sha256:${hash('sha256', body)}` };
  return ({ url = '', method }, response) => {
    if (!url.includes('/manifests/')) return void response.writeHead(200).end('{}');
    response.writeHead(200, { ...headers, 'content-length': body.length });
    response.end(method === 'HEAD' ? undefined : body);
  };
}

/** An image whose only layer comes a byte at a time, for as long as it is asked. */
export function trickling(): RequestListener {
  const digestOf = (text: string) => `sha256:${hash('sha256', text)}`;
  const config = JSON.stringify({
    os: 'linux',
    architecture: 'amd64',
    rootfs: { type: 'layers', diff_ids: [digestOf('')] },
  });
  const mediaType = 'application/vnd.oci.image.manifest.v1+json';
  const layer = {
    mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip',
    size: 1_000_000,
    digest: digestOf('layer'),
  };
  const about = {
    mediaType: 'application/vnd.oci.image.config.v1+json',
    size: config.length,
    digest: digestOf(config),
  };
  const manifest = JSON.stringify({ schemaVersion: 2, mediaType, config: about, layers: [layer] });
  const headers = { 'content-type': mediaType, 'docker-content-digest': digestOf(manifest) };
  return ({ url = '', method }, response) => {
    if (url.includes('/manifests/')) {
      response.writeHead(200, { ...headers, 'content-length': manifest.length });
      return void response.end(method === 'HEAD' ? undefined : manifest);
    }
    if (!url.endsWith(layer.digest)) return void response.end(url.endsWith(about.digest) ? config : '{}');
    response.writeHead(200, { 'content-length': layer.size });
    const drip = setInterval(() => response.write('x'), 300);
    response.on('close', () => clearInterval(drip));
  };
}

/** The error that a registry answers every question about a manifest with. */
export const answering =
  (status: number, body: string, type = 'application/json'): RequestListener =>
  ({ url = '' }, response) => {
    const isBase = url === '/v2/' && status !== 200;
    response.writeHead(isBase ? 200 : status, { 'content-type': type });
    response.end(isBase ? '{}' : body);
  };

export const registryError = (code: string, message: string) => JSON.stringify({ errors: [{ code, message }] });
