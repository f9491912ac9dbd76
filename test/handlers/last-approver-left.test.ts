import { expect, it } from 'vitest';
import { asText, type Phrase } from '../../src/domain/phrase.ts';
import type { ApprovalsResult } from '../../src/handlers/deploy/approvals.ts';
import { hashOf } from '../../src/handlers/deploy/planning/make-plan.ts';
import { ID, plan } from '../pictures/cards.ts';
import { question } from '../store/fixture.ts';
import { CHANNEL, openDesk, PERSON, resultOf } from './desk.ts';

const OTHER = 'U0DEV2';
const OPS = 'U0OPS1';

/** An open deploy of a developer, with the people who are on call today. */
async function asked(oncall: readonly string[], remindEvery?: number) {
  const desk = await openDesk({ 'web-1': '/nowhere/1.sock', 'web-2': '/nowhere/2.sock' }, ['deploy'], {
    services: { shop: { image: 'harbor.example.com/devops/shop', hosts: 'all' } },
    groups: { oncall: { people: oncall } },
    approvals: [{ commands: ['deploy'], hosts: 'all', from: ['oncall'] }],
  });
  const at = Date.now();
  const times = { requestedAt: at, expiresAt: at + 60_000, ...(remindEvery === undefined ? {} : { remindEvery }) };
  const open = { channel: CHANNEL, requestedBy: PERSON, ...times };
  await desk.store.approvals.create({ ...question(ID, open), plan, hash: hashOf(plan), service: 'shop' });
  return desk;
}

const left = /Nobody can approve it now: .*oncall/u;
const toDo = /add one more person to oncall/iu;

it.each([
  ['its requester', PERSON],
  ['a colleague', OTHER],
])('where the last approver has left, %s hears that nobody can approve it now, and what to do', async (_, person) => {
  await using desk = await asked([PERSON]);
  const answer = await desk.say(`/dock approve ${ID}`, person);
  if (answer.kind !== 'refused') throw new Error(answer.kind);
  expect(asText(answer.text)).toMatch(left);
  expect(asText(answer.hint as Phrase)).toMatch(toDo);
  const { waiting } = resultOf<ApprovalsResult>(await desk.say('/dock approvals', person));
  expect(waiting).toMatchObject([{ isStuck: true, mine: false }]);
});

it('where somebody is there, it says who', async () => {
  await using desk = await asked([OPS]);
  expect(await desk.say(`/dock approve ${ID}`)).toMatchObject({ kind: 'refused', hint: 'Who can: oncall.' });
  const { waiting } = resultOf<ApprovalsResult>(await desk.say('/dock approvals'));
  expect(waiting).toMatchObject([{ isStuck: false }]);
});

it.each([
  ['nobody is left', [PERSON], { why: expect.toSatisfy((why: Phrase) => left.test(asText(why))) }],
  ['somebody is there', [OPS], undefined],
])('a reminder knows whether anybody can answer: %s', async (_, oncall, nobody) => {
  await using desk = await asked(oncall, 1);
  desk.runner.start();
  await expect.poll(() => desk.notes()).toContainEqual(expect.objectContaining({ kind: 'asked', again: true }));
  const said = (await desk.notes()).find(({ kind }) => kind === 'asked');
  expect({ nobody: undefined, ...said }).toMatchObject({ nobody });
});
