import { expect, it } from 'vitest';
import { callEngine } from '../../playground/engine/api.ts';
import { makeImage } from '../../playground/engine/images.ts';
import type { PsResult } from '../../src/handlers/containers/ps.ts';
import type { PlannedResult } from '../../src/handlers/deploy/put.ts';
import type { Request } from '../../src/handlers/request.ts';
import { bed, container, describeWithEngine, SERVES, uniqueName } from '../bed/bed.ts';
import { requestOf } from '../pictures/fixtures.ts';
import { shownResult } from '../slack/shown.ts';
import { openDesk, resultOf } from './desk.ts';

const DIGEST = `sha256:${'a'.repeat(64)}`;
const TOKEN = `ghp_${'aB3dE5gH7jK9mN1pQ3rS5tU7vW9xY1zA3bC5'}`;
const PASSWORD = 'Sw0rdfishOfTheSea';

/** Text of somebody's own in every setting that takes any. */
const SETTINGS = {
  cmd: SERVES,
  env: [`NAME_${TOKEN}=1`, `x --password ${PASSWORD}=1`],
  labels: { [`postgres://u:${PASSWORD}@db/x`]: '1', [`token ${TOKEN}`]: 'x' },
  hostConfig: {
    NetworkMode: 'none',
    Binds: [`/tmp/${TOKEN}:/x/${TOKEN}`],
    ExtraHosts: [`a.${TOKEN}:10.0.0.1`],
    DnsSearch: [`x.${TOKEN}.org`],
    CgroupParent: `/fairlead-${TOKEN}`,
  },
};

describeWithEngine('a secret in the name or value of a setting', { timeout: 60_000 }, () => {
  it('is neither on the card of a deploy nor in what is stored of its plan', async () => {
    const socket = bed().sockets[0] as string;
    const name = uniqueName('shop');
    await makeImage(socket, `${name}:1`, []);
    await using _ = {
      [Symbol.asyncDispose]: async () => void (await callEngine(socket, 'DELETE', `/images/${name}:1`)),
    };
    await using _web = await container(socket, { ...SETTINGS, name, image: `${name}:1` });
    await using desk = await openDesk({ one: socket }, ['deploy'], {
      services: { shop: { image: `docker.io/library/${name}`, hosts: 'one', container: { name, memory: '64m' } } },
      guardrails: { require: [], allow: { binds: ['/tmp/**'] } },
    });

    const result = resultOf<PlannedResult>(await desk.say(`/deploy shop ${DIGEST} -v /tmp/${TOKEN}/y:/y --plan`));

    const [plan] = result.plan.hosts;
    expect(plan?.changes.length).toBeGreaterThan(8);
    expect(plan?.risks).toContainEqual({ kind: 'bind', what: '/tmp/***/y', inherited: false });
    expect(plan?.changes.map(({ setting }) => setting)).toEqual(
      expect.arrayContaining(['environment NAME_***', 'label token ***', 'extra hosts', 'DnsSearch', 'CgroupParent']),
    );
    const request = requestOf({ name: 'deploy', command: 'deploy', result, request: {} as Partial<Request> });
    const { blocks, text, file } = shownResult('deploy', result, request);
    const shown = JSON.stringify([plan, blocks, text, file?.content]);
    for (const secret of [TOKEN, PASSWORD]) expect(shown).not.toContain(secret);
  });

  it.each([
    ['whole', `/srv/${TOKEN}`],
    ['beyond what is shown of it', `/srv/${'folder/'.repeat(8)}${TOKEN}`],
  ])('is not in the refusal of a folder that has it %s', async (_, folder) => {
    const socket = bed().sockets[0] as string;
    await using web = await container(socket, { cmd: SERVES });
    await using desk = await openDesk({ one: socket }, ['deploy', 'run'], {
      images: { allow: ['docker.io/library/*'] },
      services: { shop: { image: 'docker.io/library/busybox', hosts: 'one', container: { name: web.name } } },
      guardrails: { require: [] },
    });

    for (const line of [`/deploy shop ${DIGEST} -v ${folder}:/x`, `/run -v ${folder}:/x busybox:1.0 true`]) {
      const answer = await desk.say(line);
      expect(answer).toMatchObject({ kind: 'refused', reason: 'guardrail' });
      expect(JSON.stringify(answer)).toContain('/srv/');
      expect(JSON.stringify(answer)).not.toContain(TOKEN.slice(0, 8));
    }
  });

  it('is not in the labels that /ps --format shows', async () => {
    const socket = bed().sockets[0] as string;
    await using web = await container(socket, SETTINGS);
    await using desk = await openDesk({ one: socket }, ['ps']);

    const { lines } = resultOf<PsResult>(await desk.say(`/ps ${web.name} --format "{{.Names}} {{.Labels}}"`));

    expect(lines?.text).toContain(web.name);
    for (const secret of [TOKEN, PASSWORD]) expect(lines?.text).not.toContain(secret);
  });
});
