import { expect, it } from 'vitest';
import { callEngine } from '../../playground/engine/api.ts';
import { makeImage } from '../../playground/engine/images.ts';
import type { VersionsResult } from '../../src/handlers/deploy/planning/versions.ts';
import type { PlannedResult } from '../../src/handlers/deploy/put.ts';
import { bed, container, describeWithEngine, uniqueName } from '../bed/bed.ts';
import { type Desk, openDesk, PERSON, resultOf } from './desk.ts';

const DIGEST = `sha256:${'a'.repeat(64)}`;
const MALLORY = `docker.io/mallory/miner:1@${DIGEST}`;
const socket = () => bed().sockets[0] as string;
const desk = (more = {}) => openDesk({ one: socket() }, ['deploy', 'rollback'], more);
const ANY = {
  adopt: [{ containers: ['*'], hosts: 'all', otherRepository: true }],
  guardrails: { require: [] },
};
const LONG = { cmd: ['sleep', '600'] };

/** An image with labels of its own; it is removed at the end of the block. */
async function image(...changes: string[]): Promise<AsyncDisposable & { readonly name: string }> {
  const name = uniqueName('shop');
  await makeImage(socket(), `${name}:1`, changes);
  const remove = async () => void (await callEngine(socket(), 'DELETE', `/images/${name}:1`));
  return { name, [Symbol.asyncDispose]: remove };
}

const repository = async (it: Desk, service: string) =>
  resultOf<PlannedResult>(await it.say(`/deploy ${service} ${DIGEST} --plan`)).plan.image.repository;

describeWithEngine('labels that a container has from its image', () => {
  it('are not believed to be a rollout’s: neither where it comes from nor whose version it is', async () => {
    await using it = await desk();
    await using made = await image(
      `LABEL fairlead.deploy=01JDNEW00000 fairlead.image=${MALLORY}`,
      'LABEL fairlead.target=payments',
    );
    await using web = await container(socket(), { ...LONG, image: `${made.name}:1` });

    expect(await repository(it, web.name)).toBe(`docker.io/library/${made.name}`);
  });

  it('are not believed to say what runs', async () => {
    await using it = await desk();
    await using made = await image(`LABEL fairlead.image=${MALLORY}`);
    await using web = await container(socket(), { ...LONG, image: `${made.name}:1` });
    const version = { service: web.name, host: 'one', repository: 'docker.io/mallory/miner', digest: DIGEST, tag: '1' };
    await it.store.versions.record({ ...version, deployment: 'D1', by: PERSON, at: 1, verdict: 'deployed' });

    const { versions } = resultOf<VersionsResult>(await it.say(`/rollback ${web.name}`));
    expect(versions).toMatchObject([{ digest: DIGEST, running: [] }]);
  });

  it('do not hide those that a rollout wrote, as of an image that was committed from a container', async () => {
    await using it = await desk(ANY);
    await using made = await image('LABEL fairlead.deploy=01JDOLD00000 fairlead.target=payments');
    const labels = {
      'fairlead.deploy': '01JDNEW00000',
      'fairlead.target': 'payments',
      'fairlead.image': `registry.test/shop:1@${DIGEST}`,
    };
    const name = uniqueName('web');
    await using web = await container(socket(), { ...LONG, name, image: `${made.name}:1`, labels });

    expect(await it.say(`/deploy ${web.name} ${DIGEST} --plan`)).toMatchObject({
      kind: 'refused',
      text: `\`${web.name}\` is a version of \`payments\`.`,
    });
    const own = { ...labels, 'fairlead.target': `${name}-own` };
    await using live = await container(socket(), {
      ...LONG,
      name: `${name}-own`,
      image: `${made.name}:1`,
      labels: own,
    });
    expect(await repository(it, live.name)).toBe('registry.test/shop');
  });
});

describeWithEngine('a name without a host', () => {
  const all = ['deploy', 'rollback'];
  const hosts = () => ({ one: bed().sockets[0] as string, two: bed().sockets[1] as string });

  it('is the container of the one host that has it', async () => {
    await using it = await openDesk(hosts(), all, ANY);
    await using web = await container(hosts().two, LONG);

    const { plan } = resultOf<PlannedResult>(await it.say(`/deploy ${web.name} ${DIGEST} --plan`));
    expect(plan.waves).toEqual([['two']]);
    expect(resultOf<VersionsResult>(await it.say(`/rollback ${web.name}`))).toMatchObject({ on: ['two'] });
  });

  it('is asked about where several hosts have it', async () => {
    await using it = await openDesk(hosts(), all, ANY);
    const name = uniqueName('web');
    await using _one = await container(hosts().one, { ...LONG, name });
    await using _two = await container(hosts().two, { ...LONG, name });

    const choices = [{ line: `deploy --on one ${name} 1.0.0` }, { line: `deploy --on two ${name} 1.0.0` }];
    expect(await it.say(`/deploy ${name} 1.0.0`)).toMatchObject({ reason: 'ambiguous', choices });
    expect(await it.say(`/rollback ${name}`)).toMatchObject({ reason: 'ambiguous' });
  });

  it.each(['deploy nothing-here 1.0', 'rollback nothing-here', 'rollback nothing-here --to 1.0'])(
    'that neither a service nor a container has is refused, and no host is offered: /%s',
    async (line) => {
      await using it = await openDesk(hosts(), all, ANY);

      expect(await it.say(`/${line}`)).toMatchObject({
        kind: 'refused',
        reason: 'not_found',
        text: 'There is no service `nothing-here` in the config, and no container of that name on one and two.',
        choices: [],
      });
    },
  );

  it.each(['deploy', 'rollback'])(
    'is corrected to a service or container that the person may see: /%s',
    async (say) => {
      const name = uniqueName('cart');
      await using it = await openDesk(hosts(), all, {
        ...ANY,
        services: {
          till: { image: 'registry.test/till', hosts: 'one' },
          vault: { image: 'registry.test/vault', hosts: 'two' },
        },
        channels: { C0TEAM: { grants: [{ role: 'operator', hosts: 'one' }] } },
      });
      await using _seen = await container(hosts().one, { ...LONG, name });
      await using _hidden = await container(hosts().two, { ...LONG, name: `${name}-2` });

      const near = async (typed: string) => it.say(`/${say} ${typed} ${say === 'deploy' ? '1.0.0' : '--to 1.0.0'}`);
      expect(await near('tlil')).toMatchObject({ hint: 'Did you mean `till`?', choices: [{ label: 'till' }] });
      expect(await near(`${name}x`)).toMatchObject({ hint: `Did you mean \`${name}\`?` });
      expect(JSON.stringify(await near('vualt'))).not.toContain('vault');
      expect(JSON.stringify(await near(`${name}-3`))).not.toContain(`${name}-2`);
    },
  );
});

describeWithEngine('a container that no service names', () => {
  const plan = async (it: Desk, line: string) => it.say(`/deploy ${line} --plan`);

  it('is not deployed unless the config has it, and then for the repository it runs', async () => {
    await using made = await image();
    await using web = await container(socket(), { ...LONG, image: `${made.name}:1` });
    await using none = await desk({ adopt: [] });
    await using same = await desk();
    await using any = await desk(ANY);

    expect(await plan(none, `${web.name} ${DIGEST}`)).toMatchObject({
      reason: 'cannot_adopt',
      hint: expect.stringContaining(`{ containers: [${web.name}], hosts: one }`),
    });
    expect(await plan(same, `${web.name} ${DIGEST}`)).toMatchObject({ kind: 'result' });
    expect(await plan(same, `${web.name} ${MALLORY}`)).toMatchObject({
      reason: 'cannot_adopt',
      hint: expect.stringContaining('otherRepository: true'),
    });
    expect(await plan(any, `${web.name} ${MALLORY}`)).toMatchObject({ kind: 'result' });
  });

  it('gives another program none of its privileges, where the config lets one take its place', async () => {
    await using made = await image();
    const hostConfig = { UTSMode: 'host', Memory: 1 << 25, Binds: ['/etc:/e:ro'] };
    await using web = await container(socket(), { ...LONG, image: `${made.name}:1`, hostConfig });
    await using it = await desk(ANY);

    expect(await plan(it, `${web.name} ${DIGEST}`)).toMatchObject({ kind: 'result' });
    expect(await plan(it, `${web.name} ${MALLORY}`)).toMatchObject({
      reason: 'guardrail',
      text: expect.stringMatching(/`uts`.+`\/etc`/u),
    });
  });

  it('takes no volume of others with -v, and what the config allows it is on the card', async () => {
    await using made = await image();
    const volume = uniqueName('bank');
    await using web = await container(socket(), { ...LONG, image: `${made.name}:1` });
    await using strict = await desk();
    await using shared = await desk({ guardrails: { allow: { volumes: ['bank*'] }, require: [] } });

    expect(await plan(strict, `${web.name} ${DIGEST} -v ${volume}:/x -v ${web.name}-data:/y`)).toMatchObject({
      reason: 'guardrail',
      text: expect.stringMatching(new RegExp(`\`${volume}\`.+guardrails.allow.volumes`, 'u')),
    });
    expect(await plan(strict, `${web.name} ${DIGEST} -v ${web.name}-data:/y`)).toMatchObject({ kind: 'result' });
    const { plan: made2 } = resultOf<PlannedResult>(await plan(shared, `${web.name} ${DIGEST} -v ${volume}:/x`));
    expect(made2.hosts[0]?.warnings).toContain(`It gets volumes that are not its own: \`${volume}\`.`);
  });
});
