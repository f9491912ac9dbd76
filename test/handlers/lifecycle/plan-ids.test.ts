import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { LifecyclePlan } from '../../../src/handlers/lifecycle/types.ts';
import { openDesk } from '../desk.ts';
import { type Body, createWorld, type World } from './world.ts';

const hex = (seed: number) => seed.toString(16).padStart(2, '0').repeat(32);

const LINES = ['stop', 'kill', 'pause', 'unpause', 'rm', 'rm -f', 'rm -fv', 'update --pids-limit 50'] as const;

const bodies = fc
  .array(
    fc.record({
      state: fc.constantFrom('running', 'exited', 'paused'),
      joins: fc.option(fc.nat(4), { nil: undefined }),
      autoRemove: fc.boolean(),
      volumes: fc.subarray([hex(201), hex(202), 'named-data']),
      policy: fc.constantFrom('no', 'always', 'unless-stopped'),
    }),
    { minLength: 2, maxLength: 5 },
  )
  .map((all) =>
    all.map(
      ({ joins, ...body }, index): Body => ({
        ...body,
        id: hex(index + 1),
        name: `c${index}`,
        image: `sha256:${hex(100)}`,
        joins: joins === undefined || joins === index || joins >= all.length ? undefined : hex(joins + 1),
        pids: 100,
      }),
    ),
  );

/** What somebody else does to the host between the plan and the yes. */
const meanwhile = fc.constantFrom('nothing', 'replace', 'state', 'rename', 'join', 'remove');

function interfere(what: string, { bodies: all }: World): void {
  const [first] = all.values();
  if (!first) return;
  if (what === 'replace' || what === 'remove') all.delete(first.id);
  if (what === 'replace') all.set(hex(77), { ...first, id: hex(77) });
  if (what === 'state') first.state = first.state === 'exited' ? 'running' : 'exited';
  if (what === 'rename') first.name = 'renamed-by-somebody';
  if (what === 'join')
    all.set(hex(78), { ...first, id: hex(78), name: 'late', joins: first.id, state: 'running', volumes: [] });
}

/** What a plan lets happen, as the world counts it. */
function allowed({ act, hosts }: LifecyclePlan): ReadonlySet<string> {
  const targets = hosts.flatMap((host) => host.targets);
  const verb = act.action === 'rm' ? 'DELETE remove' : `POST ${act.action}`;
  return new Set([
    ...targets.map(({ id }) => `${verb} ${id}`),
    ...targets.flatMap(({ volumes }) => volumes.map((name) => `DELETE volume ${name}`)),
  ]);
}

it('nothing is changed that the plan does not name by its id, whatever happens on the host meanwhile', async () => {
  let carriedOut = 0;
  await fc.assert(
    fc.asyncProperty(bodies, fc.constantFrom(...LINES), fc.boolean(), meanwhile, async (all, line, hasRule, what) => {
      await using world = await createWorld(all);
      const before = structuredClone([...world.bodies.values()]);
      const action = line.split(' ')[0] ?? '';
      const more = {
        groups: { oncall: { people: ['U0OPS1'] } },
        approvals: hasRule ? [{ commands: [action], hosts: 'all', from: ['oncall'] }] : [],
      };
      await using it = await openDesk({ one: world.socketPath }, [action], more);

      const answer = await it.say(`dock ${line} c0 c1`);
      const result = answer.kind === 'result' ? (answer.result as { kind: string; id: string }) : undefined;
      if (result?.kind !== 'lifecycle-asked') {
        // Done at once, or refused: then only what was typed was touched, nobody depended on it, and no rule applied.
        const typed = before.filter(({ name }) => name === 'c0' || name === 'c1').map(({ id }) => id);
        expect(world.changes.filter((change) => !typed.some((id) => change.endsWith(id)))).toEqual([]);
        if (hasRule) expect(world.changes).toEqual([]);
        return;
      }
      expect(world.changes).toEqual([]);
      const stored = await it.store.approvals.get(result.id);
      const plan = stored?.plan as LifecyclePlan;
      interfere(what, world);
      await it.say(`dock approve ${result.id}`, 'U0OPS1');

      const may = allowed(plan);
      expect(world.changes.filter((change) => !may.has(change))).toEqual([]);
      expect(world.changes.filter((change) => change === 'DELETE volume named-data')).toEqual([]);
      if (what !== 'nothing' && what !== 'join') expect(world.changes).toEqual([]);
      carriedOut += world.changes.length;
    }),
    { numRuns: 150 },
  );
  // Not all of it was refused.
  expect(carriedOut).toBeGreaterThan(0);
}, 120_000);
