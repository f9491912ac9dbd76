import { copyFileSync, mkdirSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { expect, it } from 'vitest';
import { startRegistry } from '../../playground/engine/registry.ts';
import type { LoginCheckResult } from '../../src/handlers/registries/login-check.ts';
import type { RegistriesResult } from '../../src/handlers/registries/registries.ts';
import { bed, describeWithEngine } from '../bed/bed.ts';
import { engineKind, NEWEST } from '../bed/engines.ts';
import { privateCa } from '../registry/private-ca.ts';
import { startHub } from '../registry/servers/hub.ts';
import { ownAddress } from '../why/registries.ts';
import { openDesk, resultOf } from './desk.ts';

const COMMANDS = ['registries', 'login-check'];
const hosts = () => ({ one: bed().sockets[0] ?? '', two: bed().sockets[1] ?? '' });

async function check(registries: object, line = '/dock login-check @one'): Promise<LoginCheckResult> {
  await using desk = await openDesk(hosts(), COMMANDS, { registries });
  return resultOf<LoginCheckResult>(await desk.say(line));
}
const outcomes = ({ checks }: LoginCheckResult) =>
  Object.fromEntries(checks.map(({ from, outcome, fault }) => [from, fault === '' ? outcome : fault]));
const account = ({ username, password }: { readonly username: string; readonly password: string }) => ({
  username,
  password,
});

describeWithEngine('/dock login-check', () => {
  it('signs in from Fairlead and from every host', async () => {
    const { registry } = bed();

    const good = await check({ [registry.host]: account(registry) }, '/dock login-check @all');
    expect(outcomes(good)).toEqual({ Fairlead: 'works', one: 'works', two: 'works' });

    const bad = await check({ [registry.host]: { ...account(registry), password: 'wrong-9f2' } });
    expect(outcomes(bad)).toEqual({ Fairlead: 'unauthorized', one: 'auth_bad' });
    expect(JSON.stringify(bad)).not.toContain('wrong-9f2');
  });

  it('without an account says only whether the registry answers', async () => {
    await using hub = await startHub();

    expect(outcomes(await check({ [hub.host]: {} }))).toEqual({ Fairlead: 'anonymous', one: 'anonymous' });
    expect(outcomes(await check({ '127.0.0.1:9': {} }))).toEqual({
      Fairlead: 'unreachable',
      one: 'connection_refused',
    });
  });

  it('names the nearest registry of the config for one that is not in it', async () => {
    await using desk = await openDesk(hosts(), COMMANDS, { registries: { 'harbor.example.com': {} } });

    expect(await desk.say('/dock login-check harbour.example.com')).toMatchObject({
      kind: 'refused',
      reason: 'not_found',
      choices: [{ line: 'login-check harbor.example.com' }],
    });
  });

  it('of a private CA that the engine lacks says where it belongs, and there it is enough', async () => {
    const address = ownAddress() ?? '127.0.0.1';
    using ca = privateCa(address);
    const registry = await startRegistry({ tls: ca, address });
    const root = engineKind() === 'machine' ? '' : NEWEST;
    const file = `${root}/etc/docker/certs.d/${registry.host}/ca.crt`;
    const registries = { [registry.host]: { ca: ca.ca, ...account(registry) } };
    try {
      const before = await check(registries);
      expect(outcomes(before)).toEqual({ Fairlead: 'works', one: 'tls_unknown_ca' });
      expect(JSON.stringify(before)).toContain(`one as /etc/docker/certs.d/${registry.host}/ca.crt`);

      mkdirSync(dirname(file), { recursive: true });
      copyFileSync(ca.ca, file);
      expect(outcomes(await check(registries))).toEqual({ Fairlead: 'works', one: 'works' });
    } finally {
      rmSync(dirname(file), { recursive: true, force: true });
      await registry.stop();
    }
  });

  it('of plain http that the engine does not allow gives the line for daemon.json', async () => {
    const registry = await startRegistry({ address: ownAddress() ?? '127.0.0.1' });
    try {
      const found = await check({ [registry.host]: { insecure: true, ...account(registry) } });

      expect(outcomes(found)).toEqual({ Fairlead: 'works', one: 'insecure_registry' });
      expect(JSON.stringify(found.checks[0]?.failure)).toContain(
        `insecure-registries\\\\\\": [\\\\\\"${registry.host}`.replaceAll('\\\\\\', '\\'),
      );
    } finally {
      await registry.stop();
    }
  });
});

describeWithEngine('/dock registries', () => {
  it('shows those in trouble first, and what to do', async () => {
    await using hub = await startHub({ left: 3 });
    const { registry } = bed();
    const registries = {
      [registry.host]: account(registry),
      [hub.host]: { kind: 'dockerhub' },
      '127.0.0.1:9': {},
    };
    await using desk = await openDesk(hosts(), COMMANDS, { registries });

    const { rows } = resultOf<RegistriesResult>(await desk.say('/dock registries'));

    expect(rows.map((row) => [row.registry, row.kind, row.login, row.problems.map(({ id }) => id)])).toEqual([
      [hub.host, 'dockerhub', 'anonymous', ['limit']],
      ['127.0.0.1:9', '', '', ['unreachable']],
      [registry.host, 'distribution', 'works', []],
    ]);
    expect(rows[0]?.limit).toBe('3 of 100 left');
  });
});
