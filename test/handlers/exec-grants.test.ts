import { expect, it } from 'vitest';
import type { ProgramReport } from '../../src/handlers/containers/program/results.ts';
import type { GrantedResult } from '../../src/handlers/grants/approval.ts';
import type { GrantAsked } from '../../src/handlers/grants/grant.ts';
import type { GrantsResult } from '../../src/handlers/grants/grants.ts';
import { bed, container, describeWithEngine } from '../bed/bed.ts';
import { type Desk, openDesk, PERSON, resultOf } from './desk.ts';

const ONCALL = 'U0OPS1';
const socket = () => bed().sockets[0] ?? '';
const rules = [{ commands: ['id -u'] }, { commands: ['echo *', 'sleep 30'], onGrant: true }];
const approvals = [{ commands: ['grant'], hosts: 'all', from: ['oncall'] }];

const desk = (more: object = {}): Promise<Desk> =>
  openDesk({ 'web-1': socket() }, [], {
    groups: { oncall: { people: [ONCALL] } },
    roles: { operator: { commands: ['exec', 'grant', 'grants'], exec: rules } },
    approvals,
    ...more,
  });

async function granted(own: Desk, name: string, time = '30m'): Promise<GrantedResult['grant']> {
  const asked = resultOf<GrantAsked>(await own.say(`/dock grant exec ${name} for ${time} --reason "orders are stuck"`));
  expect(asked).toMatchObject({ kind: 'grant-asked', names: [name], allowed: ['echo *', 'sleep 30'] });
  return resultOf<GrantedResult>(await own.say(`/dock approve ${asked.id}`, ONCALL)).grant;
}

describeWithEngine('a timed grant', () => {
  it('opens what its approvers read, to its grantee, until somebody ends it', async () => {
    await using it = await container(socket(), { cmd: ['sleep', '600'] });
    await using own = await desk();
    const line = `/exec ${it.name} echo hi`;
    expect(await own.say(line)).toMatchObject({ reason: 'not_permitted' });

    const grant = await granted(own, it.name);

    expect(resultOf<ProgramReport>(await own.say(line)).end?.exitCode).toBe(0);
    expect(await own.say(line, 'U0DEV2')).toMatchObject({ reason: 'not_permitted' });
    expect(await own.say(`/exec ${it.name} env`)).toMatchObject({ reason: 'not_permitted' });
    expect(resultOf<GrantsResult>(await own.say('/dock grants')).grants).toMatchObject([{ id: grant.id, runs: 1 }]);
    await own.say(`/dock grant end ${grant.id}`, ONCALL);
    expect(await own.say(line)).toMatchObject({ reason: 'not_permitted' });
    expect((await own.store.verify()).ok).toBe(true);
  });

  it('ends by itself, with what runs under it, and its summary says what was run', async () => {
    await using it = await container(socket(), { cmd: ['sleep', '600'] });
    await using own = await desk();
    await granted(own, it.name, '4s');

    const { end } = resultOf<ProgramReport>(await own.say(`/exec ${it.name} sleep 30`));
    own.runner.start();

    expect(end?.ended).toBe('timed-out');
    expect(await own.say(`/exec ${it.name} echo hi`)).toMatchObject({ reason: 'not_permitted' });
    await expect
      .poll(() => own.notes(), { timeout: 30_000 })
      .toMatchObject([{ kind: 'grant-over', person: PERSON, approvedBy: ONCALL, container: it.name, count: 1 }]);
    expect((await own.notes())[0]).not.toHaveProperty('endedBy');
  });

  it('is not approved by who asks, nor where no rule says who approves', async () => {
    await using it = await container(socket(), { cmd: ['sleep', '600'] });
    await using own = await desk();
    await using open = await desk({ approvals: [] });
    const line = `/dock grant exec ${it.name} for 30m --reason x`;

    const { id } = resultOf<GrantAsked>(await own.say(line));

    expect(await own.say(`/dock approve ${id}`)).toMatchObject({ kind: 'refused' });
    expect(await own.say(`/exec ${it.name} echo hi`)).toMatchObject({ reason: 'not_permitted' });
    expect(await open.say(line)).toMatchObject({ reason: 'not_configured' });
    expect(await own.say(`/dock grant exec ${it.name} for 30m`)).toMatchObject({ reason: 'bad_input' });
  });

  it('of a service takes the rules of that service, also where the id of its container was typed', async () => {
    await using it = await container(socket(), { cmd: ['sleep', '600'] });
    await using own = await desk({
      groups: { oncall: { people: [ONCALL, 'U0SEC1'] }, security: { people: ['U0SEC1'] } },
      services: { bank: { image: 'registry.test/bank', hosts: 'all', container: { name: it.name } } },
      approvals: [...approvals, { commands: ['grant'], hosts: 'all', services: ['bank'], from: ['security'] }],
    });
    for (const typed of ['bank', it.name, it.id.slice(0, 12)]) {
      const { id } = resultOf<GrantAsked>(await own.say(`/dock grant exec ${typed} for 30m --reason x`));
      await own.say(`/dock approve ${id}`, ONCALL);
      expect(await own.say(`/exec ${it.name} echo hi`)).toMatchObject({ reason: 'not_permitted' });
      expect(await own.say(`/dock reject ${id} --reason no`, 'U0SEC1')).toMatchObject({ kind: 'result' });
    }
  });
});
