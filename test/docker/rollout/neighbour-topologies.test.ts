import fc from 'fast-check';
import { expect, it } from 'vitest';
import { callEngine } from '../../../playground/engine/api.ts';
import { runHost } from '../../../src/docker/rollout/run.ts';
import { describeWithEngine, uniqueName } from '../../bed/bed.ts';
import { type Neighbourhood, openNeighbourhood } from './neighbourhood.ts';
import { prepare, QUICK } from './scene.ts';

const KINDS = ['NetworkMode', 'PidMode', 'IpcMode', 'VolumesFrom', 'Links', undefined] as const;

/** What a container has of one that was made before it, by its number. */
interface Member {
  readonly kind: (typeof KINDS)[number];
  readonly of: number;
  readonly isStopped: boolean;
}

const member: fc.Arbitrary<Member> = fc.record({
  kind: fc.constantFrom(...KINDS),
  of: fc.nat(),
  isStopped: fc.boolean(),
});
const topology = fc.record({
  members: fc.array(member, { minLength: 1, maxLength: 4 }),
  target: fc.nat(),
  strategy: fc.constantFrom('auto', 'stop-first'),
  isBad: fc.boolean(),
} as const);

/** One that lives in the network of another: deployed, the one is refused, and the other passes. */
const PAIR = {
  members: [{ kind: 'NetworkMode', of: 0, isStopped: false } satisfies Member],
  strategy: 'auto' as const,
  isBad: false,
};

const lenderOf = ({ of }: Member, earlier: readonly string[]) => earlier[of % earlier.length] as string;

function settings(one: Member, earlier: readonly string[]): object {
  const other = lenderOf(one, earlier);
  const own = { IpcMode: 'shareable', Mounts: [{ Type: 'volume', Target: `/data${earlier.length}` }] };
  if (one.kind === 'VolumesFrom') return { ...own, VolumesFrom: [other] };
  if (one.kind === 'Links') return { ...own, NetworkMode: 'bridge', Links: [`${other}:other`] };
  return one.kind ? { ...own, [one.kind]: `container:${other}` } : own;
}

async function seen(town: Neighbourhood, name: string) {
  const { Id, State, Mounts } = await town.inspect(name);
  const network = State.Running ? (await town.interfaces(name)).toSorted() : [];
  const mounts = Mounts.map(({ Name, Destination }) => `${Name}:${Destination}`).toSorted();
  return { id: Id, isUp: State.Running, startedAt: State.StartedAt, network, mounts };
}

async function make(town: Neighbourhood, members: readonly Member[]): Promise<string[]> {
  const names = [(await town.lender()).name];
  // Links are to containers of the default bridge.
  names.push((await town.run({ NetworkMode: 'bridge', IpcMode: 'shareable' })).name);
  for (const one of members) {
    const earlier = one.kind === 'Links' ? names.slice(1, 2) : names;
    names.push((await town.run(settings(one, earlier), 'running', uniqueName('app'))).name);
  }
  // Once all are made: who joins needs one that runs.
  for (const [index, { isStopped }] of members.entries()) if (isStopped) await town.stop(names[index + 2] as string);
  return names;
}

describeWithEngine('a deploy among containers that share with each other', { timeout: 300_000 }, () => {
  it('leaves every neighbour unchanged and able to start, or is refused', async () => {
    const town = await openNeighbourhood();
    await town.scene.publish('bad', ['CMD ["sh","-c","exit 3"]']);
    const verdicts = new Set<string>();
    try {
      await fc.assert(
        fc.asyncProperty(topology, async ({ members, target, strategy, isBad }) => {
          const names = await make(town, members);
          const chosen = names[target % names.length] as string;
          const others = names.filter((name) => name !== chosen);
          const before = new Map(await Promise.all(names.map(async (name) => [name, await seen(town, name)] as const)));
          const rollout = { ...QUICK, strategy, stableFor: 50 };
          const { run, plan } = await prepare(town.scene, await town.wanted(chosen, isBad ? 'bad' : '2', { rollout }));

          const verdict = plan.conflicts.length > 0 ? 'refused' : (await runHost(town.engine, run)).verdict;

          verdicts.add(verdict);
          expect(verdict).not.toBe('needs_attention');
          const untouched = verdict === 'refused' ? names : others;
          for (const name of untouched) expect(await seen(town, name)).toEqual(before.get(name));
          // In the order they were made: a restart takes down the containers that live in the restarted one.
          for (const [index, one] of members.entries()) {
            const name = names[index + 2] as string;
            const lender = lenderOf(one, one.kind === 'Links' ? names.slice(1, 2) : names.slice(0, index + 2));
            const needsLender = one.kind !== undefined && one.kind !== 'VolumesFrom';
            if (name === chosen || (needsLender && !before.get(lender)?.isUp)) continue;
            expect(await callEngine(town.scene.socket, 'POST', `/containers/${name}/restart?t=5`)).toMatchObject({
              status: 204,
            });
            const was = before.get(name);
            expect((await seen(town, name)).mounts).toEqual(was?.mounts);
            if (one.kind === 'NetworkMode') expect(await town.interfaces(name)).toEqual(await town.interfaces(lender));
          }
          for (const name of names) for (const at of Object.keys(await town.containers(name))) await town.remove(at);
        }),
        { numRuns: 8, endOnFailure: true, examples: [[{ ...PAIR, target: 0 }], [{ ...PAIR, target: 2 }]] },
      );
    } finally {
      await town.close();
    }
    expect([...verdicts]).toEqual(expect.arrayContaining(['refused', 'deployed']));
  });
});
