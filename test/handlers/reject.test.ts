import { expect, it } from 'vitest';
import { hashOfPrune } from '../../src/handlers/cleanup/preflight.ts';
import type { PrunePlan } from '../../src/handlers/cleanup/types.ts';
import type { DeploymentsResult } from '../../src/handlers/deploy/deployment-lines.ts';
import type { PlanResult } from '../../src/handlers/deploy/plan.ts';
import { hashOf } from '../../src/handlers/deploy/planning/make-plan.ts';
import type { RejectedResult } from '../../src/handlers/deploy/reject.ts';
import { plainText } from '../../src/slack/block-kit/plain.ts';
import { rejectView } from '../../src/slack/views/cleanup/rejected.ts';
import { planView } from '../../src/slack/views/deploy/plan.ts';
import { ID, plan } from '../pictures/cards.ts';
import { question } from '../store/fixture.ts';
import { CHANNEL, type Desk, openDesk, PERSON, resultOf } from './desk.ts';

const HOSTS = { 'web-1': '/nowhere/1.sock', 'web-2': '/nowhere/2.sock' };
const OPS = 'U0OPS1';
const CONFIG = {
  services: { shop: { image: 'harbor.example.com/devops/shop', hosts: 'all' } },
  groups: { oncall: { people: [OPS, PERSON] } },
  approvals: [{ commands: ['deploy', 'rollback', 'prune'], hosts: 'all', from: ['oncall'] }],
};
const PRUNE: PrunePlan = {
  args: { what: 'images', all: true, names: [] },
  hosts: [{ host: 'web-1', bytes: 1, candidates: [{ id: 'sha256:1', label: 'shop:1', bytes: 1 }] }],
};

/** A question of a developer that waits for somebody on call. */
async function asked(command: 'deploy' | 'rollback' | 'prune', more = {}): Promise<Desk> {
  const commands = ['deploy', 'rollback', 'prune', 'history', 'deployments', 'audit'];
  const desk = await openDesk(HOSTS, commands, { ...CONFIG, ...more });
  const at = Date.now();
  const about =
    command === 'prune'
      ? { plan: PRUNE, hash: hashOfPrune(PRUNE) }
      : { plan: { ...plan, action: command }, hash: hashOf({ ...plan, action: command }), service: 'shop' };
  const { service: _service, ...rest } = question(ID, { channel: CHANNEL, requestedAt: at, expiresAt: at + 60_000 });
  await desk.store.approvals.create({
    ...rest,
    ...about,
    command,
  });
  return desk;
}

const state = async (desk: Desk) => (await desk.store.approvals.get(ID))?.state;

it.for(['deploy', 'rollback', 'prune'] as const)('a %s is rejected with a reason, which is asked for', async (what) => {
  await using desk = await asked(what);

  expect(await desk.say(`/dock reject ${ID}`, OPS)).toMatchObject({
    kind: 'result',
    result: { kind: 'reason', line: `dock reject ${ID}` },
  });
  expect(await desk.say(`/dock reject ${ID} --reason "  "`, OPS)).toMatchObject({ kind: 'refused' });
  expect(await state(desk)).toBe('pending');

  expect(await desk.say(`/dock reject ${ID} --reason "not tonight"`, OPS)).toMatchObject({ kind: 'result' });
  expect(await desk.store.approvals.get(ID)).toMatchObject({
    state: 'rejected',
    decidedBy: OPS,
    reason: 'not tonight',
    integrity: 'signed',
  });
  const [record] = await desk.store.audit.search({ command: 'reject', limit: 1 });
  expect(record).toMatchObject({ outcome: 'ok', detail: expect.stringContaining('rejected: not tonight') });
});

it('a message in whose place the answer stands says what was asked', async () => {
  await using rejected = await asked('prune');
  await using canceled = await asked('prune');
  const no = resultOf<RejectedResult>(await rejected.say(`/dock reject ${ID} --reason "not tonight"`, OPS));
  const back = resultOf<RejectedResult>(await canceled.say(`/dock reject ${ID}`));

  expect(rejectView(no).text).toContain("'s request to prune images on web-1: ");
  expect(rejectView(back).text).toContain('canceled the request to prune images on web-1. Nothing changed.');
});

it('the plan of a closed request is not shown as one that asks', async () => {
  await using desk = await asked('deploy');
  const headline = async () => planView(resultOf<PlanResult>(await desk.say(`/dock plan ${ID}`))).text;

  expect(await headline()).toContain('asks to deploy shop 1.4.0');
  await desk.say(`/dock reject ${ID} --reason "not tonight"`, OPS);
  expect(await headline()).toMatch(/^Plan of .+ request to deploy shop 1\.4\.0, which no longer waits for approval$/u);
});

it('the plan of a request says its reason, and of one that is not theirs to see as little as of none', async () => {
  const granted = { channels: { [CHANNEL]: { grants: [{ role: 'operator', to: ['oncall'], hosts: 'all' }] } } };
  await using desk = await asked('deploy', granted);

  const shown = planView(resultOf<PlanResult>(await desk.say(`/dock plan ${ID}`)));
  expect(plainText(shown.blocks)).toContain(plan.reason);
  const refused = await desk.say(`/dock plan ${ID}`, 'U0OUT1');
  expect(refused).toMatchObject({ kind: 'refused', reason: 'not_found' });
  expect(await desk.say('/dock plan ffffffff', 'U0OUT1')).toEqual(refused);
});

it('an abort of a request that waits names the command that closes it, and of a closed one how it ended', async () => {
  await using desk = await asked('deploy');
  const hint = expect.arrayContaining([{ command: expect.stringMatching(/^reject [0-9a-f]{8}$/u) }]);
  expect(await desk.say(`/dock abort ${ID}`)).toMatchObject({ kind: 'refused', reason: 'not_found', hint });

  await desk.say(`/dock reject ${ID} --reason "wrong host"`, OPS);
  const text = expect.stringContaining('(rejected)');
  expect(await desk.say(`/dock abort ${ID}`)).toMatchObject({ kind: 'refused', reason: 'not_found', text });
});

it('a rejection is told to who asked, in the thread of its card', async () => {
  await using desk = await asked('deploy');
  await desk.say(`/dock reject ${ID} not tonight, payments are down`, OPS);
  expect(await desk.notes()).toEqual([
    {
      kind: 'rejected',
      what: 'deploy of shop 1.4.0',
      by: OPS,
      requestedBy: PERSON,
      reason: 'not tonight, payments are down',
    },
  ]);
});

it.for(['history shop', 'deployments'])('%s has what was rejected, by whom and why', async (line) => {
  await using desk = await asked('rollback');
  await desk.say(`/dock reject ${ID} --reason "wrong host"`, OPS);
  const { rejections } = resultOf<DeploymentsResult>(await desk.say(`/dock ${line}`));
  expect(rejections).toMatchObject([
    { action: 'rollback', service: 'shop', version: '1.4.0', by: OPS, requestedBy: PERSON, reason: 'wrong host' },
  ]);
});

it('who asked takes their question back without a reason, and nobody is told', async () => {
  await using desk = await asked('deploy');
  expect(await desk.say(`/dock reject ${ID}`)).toMatchObject({
    kind: 'result',
    result: { kind: 'answered', text: 'Withdrawn: deploy of shop 1.4.0. Nothing changed.' },
  });
  expect(await state(desk)).toBe('withdrawn');
  expect(await desk.notes()).toEqual([]);
});

it('a reason is asked of nobody whose no would not count, nor for what is decided already', async () => {
  await using desk = await asked('deploy');
  expect(await desk.say(`/dock reject ${ID}`, 'U0VIEW1')).toMatchObject({ kind: 'refused', reason: 'not_permitted' });
  await desk.say(`/dock reject ${ID}`);
  expect(await desk.say(`/dock reject ${ID}`, OPS)).toMatchObject({ kind: 'refused', reason: 'already_decided' });
});

it('an abort keeps the reason that is given with it', async () => {
  await using desk = await asked('deploy');
  await desk.say(`/dock approve ${ID}`, OPS);
  expect(await desk.say(`/dock abort ${ID} wrong version`)).toMatchObject({ kind: 'result' });
  expect(await desk.store.deployments.byApproval(ID)).toMatchObject({
    abortBy: PERSON,
    abortReason: 'wrong version',
    integrity: 'signed',
  });
});
