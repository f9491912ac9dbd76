import { describe, expect, it } from 'vitest';
import type { PreviewResult } from '../../src/handlers/cleanup/prune.ts';
import type { FormResult } from '../../src/handlers/deploy/planning/form.ts';
import type { VersionsResult } from '../../src/handlers/deploy/planning/versions.ts';
import type { CardResult, PlannedResult } from '../../src/handlers/deploy/put.ts';
import { bed, describeWithEngine } from '../bed/bed.ts';
import { fakeEngine, json } from '../docker/fake-engine.ts';
import { CHANNEL, type Desk, openDesk, PERSON, resultOf } from './desk.ts';

const OTHER = 'U0OPS1';
const DIGEST = `sha256:${'2b4c6d8e'.padEnd(64, '0')}`;
const COMMANDS = ['deploy', 'rollback', 'prune'];
const rule = (more: object = {}) => ({ commands: COMMANDS, hosts: 'all', from: ['oncall'], ...more });
const ALONE = {
  services: { shop: { image: '127.0.0.1:1/shop', hosts: 'all', container: { memory: '32m' } } },
  images: { allow: ['**'] },
  groups: { oncall: { people: [PERSON] }, leads: { people: [OTHER] }, developers: { people: [PERSON, OTHER] } },
  approvals: [rule()],
};
const NOBODY = { kind: 'refused', reason: 'no_approver', text: expect.stringContaining('only person in oncall') };

const deskOf = (socket: string, more: object = {}) => openDesk({ one: socket }, COMMANDS, { ...ALONE, ...more });
const waiting = (desk: Desk) => desk.store.approvals.pending({ now: Date.now() });

/** A version that can be rolled back to. */
const record = (desk: Desk) =>
  desk.store.versions.record({
    service: 'shop',
    host: 'one',
    repository: '127.0.0.1:1/shop',
    digest: DIGEST,
    tag: '1',
    deployment: 'D1',
    by: PERSON,
    at: 100,
    verdict: 'deployed',
  });

const LINES = { deploy: `/deploy shop ${DIGEST}`, rollback: `/rollback shop --to ${DIGEST}` };

describeWithEngine('who is the only one on call', () => {
  it.for(['deploy', 'rollback'] as const)('hears that nobody can approve before a %s is asked', async (what) => {
    await using desk = await deskOf(bed().sockets[0] as string);
    await record(desk);
    const line = LINES[what];

    expect(await desk.say(line)).toMatchObject(NOBODY);
    expect(await waiting(desk)).toEqual([]);
    expect(resultOf<PlannedResult>(await desk.say(`${line} --plan`)).nobody).toBeDefined();

    // Of a colleague's request it is not true.
    expect(resultOf<PlannedResult>(await desk.say(`${line} --plan`, OTHER)).nobody).toBeUndefined();
    resultOf<CardResult>(await desk.say(line, OTHER));
    expect(await waiting(desk)).toMatchObject([{ command: what, requestedBy: OTHER }]);
  });

  it('may ask where a group cannot be read, or their own approval counts', async () => {
    for (const more of [
      { groups: { ...ALONE.groups, oncall: { people: [PERSON], usergroup: 'S0ONCALL' } } },
      { approvals: [rule({ self: true })] },
    ]) {
      await using desk = await deskOf(bed().sockets[0] as string, more);
      resultOf<CardResult>(await desk.say(LINES.deploy));
      expect(await waiting(desk)).toHaveLength(1);
    }
  });

  it('hears how many are missing where several have to approve', async () => {
    const approvals = [{ ...rule({ from: ['oncall', 'leads'], count: 2 }), commands: ['deploy'] }];
    await using desk = await deskOf(bed().sockets[0] as string, { approvals });
    expect(await desk.say(LINES.deploy)).toMatchObject({
      reason: 'no_approver',
      text: expect.stringMatching(/2 people have to approve .*only one person other than you is in oncall or leads/u),
      hint: expect.stringContaining('add one more person to oncall or leads'),
    });
  });

  it('breaks the glass as ever', async () => {
    await using desk = await deskOf(bed().sockets[0] as string, { breakGlass: { from: ['oncall'] } });
    const line = `${LINES.deploy} --break-glass --reason down`;
    expect(resultOf<PlannedResult>(await desk.say(`${line} --plan`)).nobody).toBeUndefined();
    resultOf<CardResult>(await desk.say(line));
  });
});

describeWithEngine('the same request of a colleague', () => {
  const asked = async (what: 'deploy' | 'rollback', more: object, by: string) => {
    const desk = await deskOf(bed().sockets[0] as string, more);
    await record(desk);
    const { card } = resultOf<CardResult>(await desk.say(LINES[what], by));
    return { desk, card, [Symbol.asyncDispose]: () => desk[Symbol.asyncDispose]() };
  };

  it.for(['deploy', 'rollback'] as const)(
    'a %s is answered with the open one, and Approve for an approver',
    async (what) => {
      await using it = await asked(what, {}, OTHER);
      const answer = await it.desk.say(LINES[what], PERSON);
      expect(answer).toMatchObject({
        kind: 'refused',
        reason: 'conflict',
        text: expect.arrayContaining([
          { person: OTHER },
          expect.stringContaining(`this ${what} of`),
          { channel: CHANNEL },
        ]),
        choices: [{ line: `dock approve ${it.card}` }, { line: `dock plan ${it.card}` }],
      });
      expect(await waiting(it.desk)).toHaveLength(1);
      expect(await it.desk.say(`/dock approve ${it.card}`)).toMatchObject({ kind: 'result' });
    },
  );

  it('has no Approve for who may not approve it, or has', async () => {
    const approvals = [{ ...rule({ from: ['oncall', 'leads'], count: 2 }), commands: ['deploy'] }];
    await using it = await asked('deploy', { approvals }, 'U0VIEW1');
    const lines = async (person: string) => {
      const answer = await it.desk.say(LINES.deploy, person);
      return answer.kind === 'refused' ? answer.choices.map(({ line }) => line) : [];
    };
    expect(await lines('U0VIEW2')).toEqual([`dock plan ${it.card}`]);
    expect(await lines(PERSON)).toContain(`dock approve ${it.card}`);
    await it.desk.say(`/dock approve ${it.card}`, PERSON);
    expect(await lines(PERSON)).toEqual([`dock plan ${it.card}`]);
  });

  it('does not join one that nobody can approve, and says what helps', async () => {
    await using it = await asked('deploy', { approvals: [] }, OTHER);
    const [open] = await waiting(it.desk);
    if (!open) throw new Error('Nothing waits.');
    await using later = await deskOf(bed().sockets[0] as string);
    // As it is when the others left the group after it was asked.
    await later.store.approvals.create({ ...open, service: 'shop', requestedBy: PERSON });
    const answer = await later.say(LINES.deploy, OTHER);
    expect(answer).toMatchObject({
      kind: 'refused',
      reason: 'no_approver',
      text: [
        { person: PERSON },
        expect.stringContaining('already requested'),
        { channel: CHANNEL },
        expect.any(String),
        { person: PERSON },
        expect.stringContaining('the only person in'),
      ],
      hint: [
        'Ask ',
        { person: PERSON },
        expect.any(String),
        { command: expect.stringMatching(/^reject [0-9a-f]{8}$/u) },
        expect.stringContaining('Add one more person'),
      ],
      choices: [{ line: `dock plan ${it.card}` }],
    });

    resultOf(await later.say(`/dock reject ${it.card}`, PERSON));
    resultOf<CardResult>(await later.say(LINES.deploy, OTHER));
  });

  it('the same person asking twice hears that theirs waits', async () => {
    await using it = await asked('deploy', {}, OTHER);
    expect(await it.desk.say(LINES.deploy, OTHER)).toMatchObject({
      reason: 'conflict',
      text: expect.stringMatching(/^You already requested/u),
      hint: expect.arrayContaining([{ command: expect.stringMatching(/^plan /u) }]),
      choices: [],
    });
  });
});

describe('what helps', () => {
  const hintOf = async (more: object) => {
    await using desk = await deskOf('/nowhere', more);
    return resultOf<FormResult>(await desk.say('/deploy')).chosen?.nobody?.hint;
  };

  it('is a colleague who may request it', async () => {
    expect(await hintOf({})).toMatch(/^Ask a colleague in this channel .*\. Or add one more person to oncall /u);
    const granted = (to: readonly string[]) => ({
      channels: { [CHANNEL]: { grants: [{ role: 'operator', hosts: 'all', to }] } },
    });
    expect(await hintOf(granted(['oncall', 'developers']))).toMatch(/^Ask a colleague in developers /u);
    // There is nobody else who could.
    expect(await hintOf(granted(['oncall']))).toMatch(/^Add one more person/u);
  });

  it('is no colleague where that changes nothing', async () => {
    const approvals = [{ ...rule({ count: 2 }), commands: ['deploy'] }];
    expect(await hintOf({ approvals })).toMatch(/^Add 2 more people to oncall/u);
  });

  it('is breaking the glass, for whom the config allows it', async () => {
    expect(await hintOf({ breakGlass: { from: ['oncall'] } })).toMatch(/^Break the glass: `--break-glass --reason/u);
    expect(await hintOf({ breakGlass: { from: ['leads'] } })).not.toMatch(/break-glass/iu);
  });
});

it('the list to roll back from says so before a version is picked', async () => {
  await using desk = await deskOf('/nowhere');
  await record(desk);
  const listFor = async (person: string) => resultOf<VersionsResult>(await desk.say('/rollback shop', person));
  expect((await listFor(PERSON)).nobody?.why).toContain('you are the only person in oncall');
  expect((await listFor(OTHER)).nobody).toBeUndefined();
});

describe('a prune', () => {
  const unused = { Id: '1'.repeat(64), Names: ['/old'], Created: 0, State: 'exited', Status: 'Exited (0)' };
  const engine = () => fakeEngine({ 'GET /containers/json': json([unused]) });

  it('is not asked by the only person who could approve it', async () => {
    await using it = await engine();
    await using desk = await deskOf(it.socketPath);
    expect(await desk.say('/prune containers')).toMatchObject(NOBODY);
    expect(await waiting(desk)).toEqual([]);
    expect(resultOf<PreviewResult>(await desk.say('/prune containers', OTHER))).toMatchObject({ total: 1 });
  });

  it('takes one person for all of its rules', async () => {
    await using it = await engine();
    const approvals = [rule({ from: ['leads'] }), rule({ from: ['oncall'] })];
    await using desk = await deskOf(it.socketPath, { approvals });
    expect(await desk.say('/prune containers', 'U0VIEW1')).toMatchObject({
      reason: 'no_approver',
      text: expect.stringContaining('`approvals[0]` and `approvals[1]`'),
    });
    expect(await waiting(desk)).toEqual([]);
  });

  it('with nothing to remove needs nobody', async () => {
    await using it = await fakeEngine({ 'GET /containers/json': json([]) });
    await using desk = await deskOf(it.socketPath);
    expect(resultOf<PreviewResult>(await desk.say('/prune containers'))).toMatchObject({ total: 0 });
  });
});
