import { execFileSync, spawn } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { connectEngine } from '../../../src/docker/client/connect.ts';
import type { Engine } from '../../../src/docker/client/engine.ts';
import { fakeEngine, json, recorder } from '../fake-engine.ts';

let folder: string;
const file = (name: string) => join(folder, name);
const files = (ca: string, client: string) => ({
  ca: file(`${ca}.pem`),
  cert: file(`${client}.pem`),
  key: file(`${client}.key`),
});

function openssl(...args: readonly string[]): void {
  execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
}

function makeCa(name: string): void {
  openssl(
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-days',
    '1',
    '-subj',
    `/CN=${name}`,
    '-keyout',
    `${name}.key`,
    '-out',
    `${name}.pem`,
  );
}

function makeCert(name: string, ca: string, subjectAltName: string): void {
  openssl(
    'req',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-subj',
    `/CN=${name}`,
    '-keyout',
    `${name}.key`,
    '-out',
    `${name}.csr`,
  );
  writeFileSync(file(`${name}.ext`), `subjectAltName=${subjectAltName}\n`);
  openssl(
    'x509',
    '-req',
    '-in',
    `${name}.csr`,
    '-CA',
    `${ca}.pem`,
    '-CAkey',
    `${ca}.key`,
    '-CAcreateserial',
    '-days',
    '1',
    '-extfile',
    `${name}.ext`,
    '-out',
    `${name}.pem`,
  );
}

async function serve(certificate: string): Promise<{ readonly port: number; readonly server: Server }> {
  const { listener } = recorder({ 'GET /info': json({ Name: 'over-tls' }) });
  const read = (name: string) => readFileSync(file(name));
  const options = {
    cert: read(`${certificate}.pem`),
    key: read(`${certificate}.key`),
    ca: read('ca.pem'),
    requestCert: true,
    rejectUnauthorized: true,
  };
  const server = createServer(options, listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close().closeAllConnections());
  return { port: (server.address() as AddressInfo).port, server };
}

function engineAt(port: number, tls: ReturnType<typeof files> | undefined, host = '127.0.0.1'): Engine {
  return connectEngine({ kind: 'tcp', host, port, tls });
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fairlead-tls-'));
  for (const ca of ['ca', 'other-ca']) makeCa(ca);
  makeCert('server', 'ca', 'IP:127.0.0.1,DNS:localhost');
  makeCert('misnamed', 'ca', 'DNS:elsewhere.example');
  makeCert('client', 'ca', 'DNS:client');
  makeCert('stranger', 'other-ca', 'DNS:stranger');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('an engine over TLS', () => {
  it.each(['127.0.0.1', 'localhost'])('answers who shows a certificate of its authority, at %s', async (host) => {
    const { port } = await serve('server');

    await expect(engineAt(port, files('ca', 'client'), host).info()).resolves.toMatchObject({ name: 'over-tls' });
  });

  it.each([
    ['of another authority', 'server', 'other-ca', 'client', /issuer|verify|certificate/u],
    ['of another name', 'misnamed', 'ca', 'client', /does not match|altnames/u],
  ])('is refused when its certificate is one %s', async (_, server, ca, client, words) => {
    const { port } = await serve(server);

    const asking = engineAt(port, files(ca, client)).info();

    await expect(asking).rejects.toMatchObject({ fault: 'tls', engineSaid: expect.stringMatching(words) });
  });

  it('says that it was our own certificate the engine refused', async () => {
    const server = spawn(
      'openssl',
      [
        's_server',
        '-accept',
        '127.0.0.1:0',
        '-cert',
        'server.pem',
        '-key',
        'server.key',
        '-CAfile',
        'ca.pem',
        '-Verify',
        '1',
        '-verify_return_error',
        '-www',
      ],
      { cwd: folder, stdio: ['pipe', 'pipe', 'ignore'] },
    );
    onTestFinished(() => void server.kill());
    let said = '';
    for await (const text of server.stdout.setEncoding('utf8')) {
      said += text;
      if (/ACCEPT \S+:\d+\n/u.test(said)) break;
    }
    const port = Number(/ACCEPT \S+:(\d+)\n/u.exec(said)?.[1]);

    const asking = engineAt(port, files('ca', 'stranger')).info();

    await expect(asking).rejects.toMatchObject({ fault: 'tls', engineSaid: expect.stringContaining('alert') });
  });

  it('names the file that cannot be read, and tries it again at the next call', async () => {
    const { port } = await serve('server');
    const engine = engineAt(port, { ...files('ca', 'client'), ca: file('late.pem') });
    await expect(engine.info()).rejects.toMatchObject({
      fault: 'tls',
      engineSaid: expect.stringContaining('late.pem'),
    });

    writeFileSync(file('late.pem'), readFileSync(file('ca.pem')));

    await expect(engine.info()).resolves.toMatchObject({ name: 'over-tls' });
  });

  it('is told from one that speaks plainly, and the other way round', async () => {
    const { port } = await serve('server');
    await expect(engineAt(port, undefined).info()).rejects.toMatchObject({
      fault: expect.stringMatching(/tls|unreachable/u),
    });

    const message = 'Client sent an HTTP request to an HTTPS server.';
    await using fake = await fakeEngine({ 'GET /version': (response) => response.writeHead(400).end(message) });
    await expect(connectEngine({ kind: 'unix', socketPath: fake.socketPath }).info()).rejects.toMatchObject({
      fault: 'tls',
    });
  });
});
