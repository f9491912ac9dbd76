import { expect, it } from 'vitest';
import { SPECS } from '../../src/commands/index.ts';
import { messageOf } from '../../src/slack/views/answer.ts';
import { openDesk } from './desk.ts';

it.each(SPECS.map(({ name }) => name))(
  'help on %s says how it is used, whatever it cannot do without',
  async (name) => {
    await using desk = await openDesk({ dead: '/nowhere/engine.sock' }, ['logs']);

    const shown = messageOf(await desk.say(`/dock help ${name}`)).text;
    expect(shown).toMatch(new RegExp(`^/(?:dock )?${name}\\b`, 'u'));
    expect(messageOf(await desk.say(`/dock ${name} help`)).text).toBe(shown);
  },
);

it('help speaks of slash commands with their prefix, and of what is granted once', async () => {
  const hosts = { one: '/nowhere/engine.sock', two: '/nowhere/engine.sock' };
  await using desk = await openDesk(hosts, ['logs', 'ps'], { slack: { team: 'T0TEAM', prefix: 'd-' } });

  const { blocks } = messageOf(await desk.say('/dock help'));

  const [granted, open] = blocks.map((block) => (block.type === 'section' ? block.text?.text : undefined));
  expect(granted).toMatch(/^\*What you may do here on one, two\*\n`\/d-ps` {2}.+\n`\/d-logs` {2}[^\n]+$/u);
  expect(open).not.toMatch(/abort|sign|totp/u);
  expect(messageOf(await desk.say('/d-logs --help')).text).toMatch(/^\/d-logs </u);
});

it('says that there is no such service rather than that it has no history', async () => {
  await using desk = await openDesk({ one: '/nowhere/engine.sock' }, ['history'], {
    services: { shop: { image: 'localhost:5000/shop', hosts: 'one' } },
  });

  expect(await desk.say('/dock history shpo')).toMatchObject({
    kind: 'refused',
    text: 'There is no service `shpo` in the config. Did you mean `shop`?',
  });
  expect(await desk.say('/dock history shop')).toMatchObject({ kind: 'result', result: { deployments: [] } });
});

it('a change that lacks no more than its host is not called forbidden', async () => {
  const hosts = { one: '/nowhere/engine.sock', two: '/nowhere/engine.sock' };
  await using desk = await openDesk(hosts, ['prune']);

  const shown = JSON.stringify(messageOf(await desk.say('/dock can prune images')).blocks);
  expect(shown).toContain('*Say where.* Which host?');
  expect(shown).not.toContain('No.');
});

it('a form that opens is not all that a deploy needs', async () => {
  await using desk = await openDesk({ one: '/nowhere/engine.sock' }, ['deploy'], {
    services: { shop: { image: 'localhost:5000/shop', hosts: 'one' } },
    groups: { oncall: { people: ['U0OPS1'] } },
    approvals: [{ commands: ['deploy'], hosts: 'all', from: ['oncall'] }],
  });

  const shown = async (line: string) => JSON.stringify(messageOf(await desk.say(`/dock can ${line}`)).blocks);
  expect(await shown('deploy')).toContain('This opens a form.');
  expect(await shown('deploy shop')).not.toContain('This opens a form.');
});

it('a secret of a line that is only asked about is shown and recorded nowhere', async () => {
  const hosts = { one: '/nowhere/engine.sock', two: '/nowhere/engine.sock' };
  await using desk = await openDesk(hosts, ['deploy', 'audit'], {
    services: { web: { image: 'localhost:5000/web', hosts: 'all' } },
  });

  const answers = [
    await desk.say('/dock can deploy web 1 @one -e X=hunter22'),
    await desk.say('/dock can deploy web 1 @one -e X=my hunter22'),
    await desk.say('/dock can deplyo web 1 @one -e X=hunter22'),
    await desk.say('/deploy wbe 1 -e X=hunter22'),
  ];

  expect(answers[0]).toMatchObject({ kind: 'result', result: { line: 'deploy web 1 @one -e "X=***"' } });
  // A button would keep it at Slack.
  expect(answers[3]).toMatchObject({ kind: 'refused', reason: 'not_found', choices: [] });
  expect(await desk.say('/deploy wbe 1')).toMatchObject({ reason: 'not_found', choices: [{ line: 'deploy web 1' }] });
  expect(JSON.stringify(answers.map(messageOf))).not.toContain('hunter22');
  const records = await desk.store.audit.search({ limit: 20 });
  expect(records.length).toBeGreaterThan(4);
  expect(JSON.stringify(records)).not.toContain('hunter22');
});

it.each([
  ['can deploy shop 1 -e A=hunter22 as oli', 'oli'],
  ['can @oli deploy shop 1 -e A=hunter22', '@oli'],
])('%s: what somebody else may do is said to them', async (line, person) => {
  await using desk = await openDesk({ one: '/nowhere/engine.sock' }, ['deploy']);

  const answer = await desk.say(`/dock ${line}`);

  expect(answer).toMatchObject({
    kind: 'refused',
    reason: 'bad_input',
    text: expect.arrayContaining([expect.stringContaining(person)]),
  });
  expect(JSON.stringify(answer)).toContain('can deploy shop 1 -e');
  expect(JSON.stringify(answer)).not.toContain('hunter22');
});

it('a refusal says first who can, and counts the commands that do not fit', async () => {
  const commands = [
    'images',
    'pull',
    'ps',
    'logs',
    'stats',
    'inspect',
    'top',
    'port',
    'diff',
    'df',
    'events',
    'status',
    'why',
  ];
  const many = [...commands, 'start', 'stop', 'restart', 'kill', 'pause', 'unpause', 'prune', 'history', 'deployments'];
  await using desk = await openDesk({ one: '/nowhere/engine.sock' }, many, {
    groups: { oncall: { people: ['U0OPS1'] } },
    roles: { operator: { commands: many }, auditor: { commands: ['audit'] } },
    channels: {
      C0TEAM: {
        grants: [
          { role: 'operator', hosts: 'all' },
          { role: 'auditor', to: ['oncall'], hosts: 'all' },
        ],
      },
    },
  });

  expect(await desk.say('/dock audit')).toMatchObject({
    kind: 'refused',
    hint: expect.stringMatching(/^Who can: oncall\. Here you may: `images`, .{50,140} and \d+ more\.$/u),
  });
});

it('a grant without its reason is answered with the line to copy', async () => {
  await using desk = await openDesk({ one: '/nowhere/engine.sock' }, ['grant', 'exec']);

  expect(await desk.say('/dock grant exec shop for 30m')).toMatchObject({
    kind: 'refused',
    hint: expect.arrayContaining([{ command: 'grant exec shop --for 30m --reason "what you look for"' }]),
  });
});
