import { expect, it } from 'vitest';
import { callEngine } from '../../playground/engine/api.ts';
import { makeImage } from '../../playground/engine/images.ts';
import { bed, container, describeWithEngine, uniqueName } from '../bed/bed.ts';
import { type Answer, openDesk } from './desk.ts';

const DIGEST = `sha256:${'a'.repeat(64)}`;
const CONTAINERS = ['cp-out', 'diff', 'exec', 'grant', 'inspect', 'logs', 'port', 'stats', 'top', 'why'];
const COMMANDS = [...CONTAINERS, 'deploy', 'rollback', 'restart', 'stop', 'rename', 'update', 'tag', 'push'];
const LONG = { cmd: ['sleep', '600'] };
const registry = () => bed().registry;
const socket = () => bed().sockets[0] ?? '';

/** The second host never answers. */
const desk = () =>
  openDesk({ one: socket(), two: '/nowhere/2.sock' }, [], {
    roles: {
      operator: {
        commands: COMMANDS,
        exec: [{ commands: ['pwd'] }, { commands: ['id'], onGrant: true }],
      },
    },
    groups: { oncall: { people: ['U0OPS1'] } },
    approvals: [{ commands: ['grant'], hosts: 'all', from: ['oncall'] }],
    adopt: [{ containers: ['*'], hosts: 'all', otherRepository: true }],
    guardrails: { require: [] },
    registries: { [registry().host]: { username: registry().username, password: registry().password } },
    images: { push: [`${registry().host}/push/**`] },
  });

/** What a person reads. */
const shown = (answer: Answer): string => JSON.stringify(answer.kind === 'result' ? answer.reply() : answer);

describeWithEngine('a container that was found without naming a host, while another host is silent', () => {
  it.each([
    ['/deploy NAME DIGEST --plan', 'result'],
    ['/rollback NAME', 'result'],
    ['/rollback NAME --to 9.9', 'refused'],
    ['/deploy NAME other/image:9.9', 'refused'],
    ['/exec NAME pwd', 'result'],
    ['/exec NAME uname', 'refused'],
    ['/dock grant exec NAME for 5m --reason "a look"', 'result'],
    ['/dock cp-out NAME:/etc/hostname', 'result'],
    ['/dock cp-out NAME:/etc/none', 'refused'],
    ['/logs NAME', 'result'],
    ['/logs NAME -f --for 1s', 'result'],
    ['/dock top NAME', 'result'],
    ['/dock port NAME', 'result'],
    ['/dock diff NAME', 'result'],
    ['/stats NAME', 'result'],
    ['/inspect NAME', 'result'],
    ['/dock why NAME', 'result'],
    ['/restart NAME', 'refused'],
    ['/dock stop NAME', 'refused'],
    ['/dock rename NAME NAME-2', 'refused'],
    ['/dock update NAME -m 64m', 'refused'],
  ])('%s: the answer names that host', async (line, kind) => {
    await using it = await desk();
    await using web = await container(socket(), LONG);

    const answer = await it.say(line.replaceAll('NAME', web.name).replace('DIGEST', DIGEST));

    expect(answer, shown(answer)).toMatchObject({ kind });
    expect(shown(answer)).toMatch(/\btwo\b/u);
  });

  it('says nothing of it where the host was named', async () => {
    await using it = await desk();
    await using web = await container(socket(), LONG);

    for (const line of [`/deploy @one ${web.name} ${DIGEST} --plan`, `/exec @one ${web.name} pwd`])
      expect(shown(await it.say(line))).not.toMatch(/\btwo\b/u);
  });
});

describeWithEngine('an image that was found without naming a host, while another host is silent', () => {
  it('is tagged and pushed, and the answers name that host', async () => {
    await using it = await desk();
    const name = uniqueName('shop');
    const pushed = `${registry().host}/push/${name}:1`;
    for (const image of [`${name}:1`, pushed]) await makeImage(socket(), image, []);

    for (const line of [`/tag ${name}:1 ${name}:2`, `/push ${pushed}`]) {
      const answer = await it.say(line);
      expect(answer, shown(answer)).toMatchObject({ kind: 'result', result: { failures: [] } });
      expect(shown(answer)).toMatch(/\btwo\b/u);
    }
    for (const image of [`${name}:1`, `${name}:2`, pushed]) await callEngine(socket(), 'DELETE', `/images/${image}`);
  });
});
