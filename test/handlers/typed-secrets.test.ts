import { expect, it } from 'vitest';
import { fakeEngine, ID, json } from '../docker/fake-engine.ts';
import { openDesk, PERSON } from './desk.ts';

const TOKEN = `ghp_${'aB3dE5gH7jK9mN1pQ3rS5tU7vW9xY1zA3bC5'}`;
/** But for the token, nothing of them is secret by its looks: by their name, or by their place in the line. */
const SECRETS = ['typed7reason', 'typed7label', 'typed7value', 'typed7argument', 'typed7word', TOKEN.slice(0, 12)];
const LINES = [
  'lock shop --reason "password=typed7reason"',
  'lock shop --take --reason "DB_PASSWORD: typed7reason"',
  'deploy shop 1.0.0 --reason "password=typed7reason"',
  'ps -f label=deploy.token=typed7label',
  'ps -a -f label=deploy.token=typed7label',
  'dock events -f label=deploy.token=typed7label',
  'logs shop --grep password=typed7word',
  'why shop --grep password=typed7word',
  'exec -e GREETING=typed7value',
  'exec -e GREETING=typed7value @web-1',
  'run -e GREETING=typed7value',
  'dock can exec -e GREETING=typed7value shop ls --password=typed7argument',
  'dock can run -e GREETING=typed7value busybox ls --password=typed7argument',
  'dock can lock shop --reason password=typed7reason',
  'exec shop ls --password=typed7argument',
  'grant exec shop for 30m --reason password=typed7reason',
  `deploy shop 1.0.0 --break-glass -e DB_PASSWORD=typed7value --reason "DB is typed7value now"`,
  'run -e DB_PASSWORD=typed7value busybox echo typed7value',
  'why deployer:typed7word@registry.test/x:1',
  `why x:${TOKEN}`,
  `pull x:${TOKEN} @web-1`,
  `logs shop --grep ${TOKEN}`,
  `ps no-such -f label=${TOKEN}`,
  `ps no-such-${TOKEN}`,
  `images ${TOKEN.toLowerCase()} -f label=${TOKEN}`,
  `search ${TOKEN}`,
  `port shop ${TOKEN}`,
  `ps @web-1 --on env=${TOKEN}`,
  `ps --on env=${TOKEN}`,
  `exec shop ls @${TOKEN}`,
];

it('a secret that is typed is in no answer, no button, no form and no record', async () => {
  const raw = { Id: ID, Names: ['/shop'], Created: 0, State: 'running', Image: 'busybox', Labels: {}, Ports: [] };
  const containers = Array.from({ length: 60 }, (_, at) => ({
    ...raw,
    Id: ID.replace(/..$/u, String(at + 10)),
    Names: [at === 0 ? '/shop' : `/other-${at}`],
  }));
  await using engine = await fakeEngine({ 'GET /containers/json': json(containers), 'GET /images/json': json([]) });
  const commands = [
    'ps',
    'images',
    'port',
    'pull',
    'search',
    'logs',
    'why',
    'inspect',
    'events',
    'exec',
    'run',
    'lock',
    'unlock',
    'locks',
    'deploy',
    'grant',
  ];
  await using desk = await openDesk({ 'web-1': engine.socketPath }, commands, {
    budget: { commands: 1000, per: '1m' },
    groups: { oncall: { people: ['U0OPS1'] } },
    roles: { operator: { commands, exec: [{ commands: ['ls ...'], onGrant: true }] } },
    approvals: [{ commands: ['grant'], hosts: 'all', from: ['oncall'] }],
    services: { shop: { image: 'registry.test/shop', hosts: 'all' } },
  });
  const shown: { line: string; text: string }[] = [];
  for (const line of LINES) {
    const answer = await desk.say(`/${line}`);
    const reply = answer.kind === 'result' ? answer.reply() : answer;
    const place = { channel: 'C0TEAM' };
    const form = answer.kind === 'result' && 'form' in reply ? reply.form(place) : undefined;
    shown.push({ line, text: JSON.stringify([reply, form]) });
  }
  await desk.say('/dock unlock shop', PERSON);
  const kept = [
    await desk.store.audit.search({ limit: 200 }),
    await desk.store.approvals.pending({ now: Date.now() }),
    await desk.notes(),
  ];

  const all = [...shown, ...kept.flat().map((one) => ({ line: 'kept', text: JSON.stringify(one) }))];
  expect(all.filter(({ text }) => SECRETS.some((secret) => text.includes(secret)))).toEqual([]);
});
