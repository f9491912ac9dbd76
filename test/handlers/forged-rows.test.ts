import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { hashOf } from '../../src/handlers/deploy/planning/make-plan.ts';
import type { DeployPlan } from '../../src/handlers/deploy/planning/types.ts';
import { SIGNED_TABLES } from '../../src/store/signed.ts';
import { question } from '../store/fixture.ts';
import { CONFIG, openRecords, PLAN } from './stored.ts';

/*
 * Real: the store and its file, the runner, the preflight, policy and config. The engine is one that remembers what it
 * is asked and gives nothing: a deployment has begun when it was asked at all.
 */

const REQUESTER: string = 'U0DEV1';
const PEOPLE: string[] = ['U0OPS1', 'U0OPS2', 'U0OPS3', REQUESTER];
const EVIL: DeployPlan = { ...PLAN, image: { ...PLAN.image, repository: 'docker.io/evil/shop' } };
const TABLES = ['approvals', 'votes', 'deployments'] as const;

/** The config of today, by what of it decides. */
const today = fc.record({
  oncall: fc.uniqueArray(fc.constantFrom(...PEOPLE), { minLength: 1 }),
  rule: fc.option(fc.record({ count: fc.integer({ min: 1, max: 3 }), self: fc.boolean(), stepUp: fc.boolean() }), {
    freq: 4,
  }),
  mayDeploy: fc.oneof(
    { weight: 3, arbitrary: fc.constant([REQUESTER]) },
    { weight: 1, arbitrary: fc.subarray(PEOPLE, { minLength: 1 }) },
  ),
  allowsImage: fc.integer({ min: 0, max: 7 }).map((n) => n > 0),
  hasHost: fc.integer({ min: 0, max: 7 }).map((n) => n > 0),
});
type Today = typeof today extends fc.Arbitrary<infer T> ? T : never;

const votes = fc.uniqueArray(
  fc.record({
    person: fc.constantFrom(...PEOPLE),
    factor: fc.option(fc.constant('totp' as const), { nil: undefined }),
  }),
  { selector: ({ person }) => person, minLength: 1, maxLength: 4 },
);
type Votes = typeof votes extends fc.Arbitrary<infer T> ? T : never;

// Without its id or state a deployment would not be found to be carried out; both have tests of their own.
const targets = TABLES.flatMap((table) =>
  [...SIGNED_TABLES[table].columns, 'mac']
    .filter((column) => !(column === 'id' || (table === 'deployments' && column === 'state')))
    .map((column) => ({ table, column })),
);
const value = fc.constantFrom<string | number | null>(
  null,
  0,
  1,
  Date.now(),
  'approved',
  'rollback',
  ...PEOPLE,
  'totp',
  'A2',
  JSON.stringify(EVIL),
  hashOf(EVIL),
  '{}',
  '00',
);
/** One column of one table, or all of them but the id, set to a value or to what another row has. */
const change = fc.record({
  at: fc.constantFrom(...targets),
  to: fc.oneof(
    value.map((given) => ({ given })),
    fc.constantFrom('column' as const, 'row' as const).map((from) => ({ from })),
  ),
});
type Change = typeof change extends fc.Arbitrary<infer T> ? T : never;

function configOf({ oncall, rule, mayDeploy, allowsImage, hasHost }: Today) {
  const { count = 1, self = false, stepUp = false } = rule ?? {};
  const base = { commands: ['deploy', 'rollback'], hosts: 'all', from: ['oncall'], count, self };
  return {
    ...CONFIG,
    hosts: hasHost ? { 'web-1': {}, 'web-2': {} } : { 'web-2': {} },
    images: { allow: [allowsImage ? 'harbor.example.com/**' : 'docker.io/evil/**', 'docker.io/evil/**'] },
    groups: { oncall: { people: oncall }, developers: { people: mayDeploy } },
    approvals: rule ? [stepUp ? { ...base, stepUp: 'totp' } : base] : [],
  };
}

/** Said again in other words than the policy's. */
function allows({ oncall, rule, mayDeploy, allowsImage, hasHost }: Today, given: Votes): boolean {
  const counted = given.filter(({ person, factor }) => {
    if (!rule) return mayDeploy.includes(person);
    return oncall.includes(person) && (rule.self || person !== REQUESTER) && (!rule.stepUp || factor === 'totp');
  });
  return mayDeploy.includes(REQUESTER) && allowsImage && hasHost && counted.length >= (rule?.count ?? 1);
}

const KEY = {
  approvals: ['id', 'A1', 'A2'],
  votes: ['approval', 'A1', 'A2'],
  deployments: ['id', 'D1', 'D2'],
} as const;

/** False when it changes nothing: the value was there already. */
function forge(url: string, changes: readonly Change[]): boolean {
  const db = new DatabaseSync(url.slice(5));
  db.exec('pragma foreign_keys = off');
  const all = () => JSON.stringify(TABLES.map((table) => db.prepare(`select * from ${table} order by 1, 2`).all()));
  const before = all();
  for (const { at, to } of changes) {
    const { table, column } = at;
    const [key, mine, other] = KEY[table];
    const others = (one: string) => `${one} = (select ${one} from ${table} where ${key} = '${other}' limit 1)`;
    const whole = targets.filter((target) => target.table === table && target.column !== key).map((one) => one.column);
    // The database itself refuses some: two rows with one key, nothing where there must be something.
    try {
      if ('given' in to) db.prepare(`update ${table} set ${column} = ? where ${key} = ?`).run(to.given, mine);
      else if (to.from === 'column') db.exec(`update ${table} set ${others(column)} where ${key} = '${mine}'`);
      else db.exec(`update ${table} set ${whole.map(others).join(', ')} where ${key} = '${mine}'`);
    } catch (error) {
      if (!String(error).includes('constraint failed')) throw error;
    }
  }
  const changed = all() !== before;
  db.close();
  return changed;
}

it('nothing begins that today’s config would not allow, nor anything that somebody put into the database', async () => {
  const begun = { allowed: 0, forged: 0, refused: 0 };
  await fc.assert(
    fc.asyncProperty(
      today,
      votes,
      fc.oneof({ weight: 2, arbitrary: fc.constant([]) }, { weight: 3, arbitrary: fc.array(change, { maxLength: 3 }) }),
      async (config, given, changes) => {
        await using records = await openRecords();
        const { store } = records;
        const at = Date.now();
        // Another one that was right in its time, and has ended: its rows and their MACs are there to be copied.
        const evil = { plan: EVIL, hash: hashOf(EVIL), service: 'evil', requestedAt: at, expiresAt: at + 60_000 };
        await store.approvals.create(question('A2', evil));
        await store.approvals.vote({ id: 'A2', person: 'U0OPS3', at });
        await store.deployments.start({ id: 'D2', approval: 'A2', hosts: ['web-1'], by: 'U0OPS3', at });
        const claim = await store.deployments.claim('P1', at);
        if (claim) await store.deployments.finish(claim.lease, { verdict: 'deployed', at });
        const mine = { plan: PLAN, hash: hashOf(PLAN), requestedAt: at, expiresAt: at + 60_000 };
        await store.approvals.create(question('A1', mine));
        for (const { person, factor } of given)
          await store.approvals.vote({ id: 'A1', person, at, ...(factor ? { factor } : {}) });
        const by = given.at(-1)?.person ?? '';
        await store.deployments.start({ id: 'D1', approval: 'A1', hosts: ['web-1'], by, at });
        const isForged = forge(records.url, changes);

        const { deployment, asked } = await records.outcome(configOf(config));

        const isAllowed = !isForged && allows(config, given);
        begun[isAllowed ? 'allowed' : isForged ? 'forged' : 'refused'] += 1;
        expect(asked > 0).toBe(isAllowed);
        expect(deployment.verdict === 'refused').toBe(!isAllowed);
        expect((await store.verify()).ok).toBe(!isForged);
      },
    ),
    { numRuns: 100 },
  );
  // A property that never saw one of the kinds says nothing of it.
  expect(Object.values(begun).every((count) => count >= 3)).toBe(true);
}, 180_000);
