import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chunks, type FakeEngine, fakeEngine, frame, ID, json } from '../docker/fake-engine.ts';
import { openDesk } from './desk.ts';

const EXEC = 'e'.repeat(64);
const BOUND = ['timeout', '-s', 'TERM', '-k', '5', '30'];

const rules = [
  { commands: ['df -h', 'ls /srv/*', ['psql', '-c', { re2: 'select [a-z ]*' }]], env: ['PG*'], users: ['app'] },
];

/** Said in other words than the config's: what may reach the engine. */
function isAllowed(argv: readonly string[]): boolean {
  const [program, ...rest] = argv;
  if (program === 'df') return rest.length === 1 && rest[0] === '-h';
  if (program === 'ls') return rest.length === 1 && /^\/srv\/(?!\.\.?$)[^/]*$/u.test(rest[0] ?? '');
  return program === 'psql' && rest.length === 2 && rest[0] === '-c' && /^select [a-z ]*$/u.test(rest[1] ?? '');
}

interface Body {
  readonly Cmd: readonly string[];
  readonly Env?: readonly string[];
  readonly User?: string;
  readonly WorkingDir?: string;
  readonly Tty: boolean;
  readonly Privileged: boolean;
}

function engine(): Promise<FakeEngine> {
  const container = { Id: ID, Names: ['/shop'], State: 'running', Status: 'Up', ImageID: `sha256:${ID}` };
  return fakeEngine({
    'GET /containers/json': json([container]),
    [`GET /containers/${ID}/json`]: json({ Id: ID, Name: '/shop', Config: { Env: [] }, State: { Running: true } }),
    [`POST /containers/${ID}/exec`]: json({ Id: EXEC }, 201),
    [`POST /exec/${EXEC}/start`]: chunks([frame(1, 'x\n')]),
    [`GET /exec/${EXEC}/json`]: json({ Running: false, ExitCode: 0 }),
  });
}

/** What was run for somebody: all but the probe for `timeout`. */
const bodies = (fake: FakeEngine): Body[] =>
  fake.asked
    .filter(({ line }) => line.includes(`/containers/${ID}/exec`))
    .map(({ body }) => JSON.parse(body) as Body)
    .filter(({ Cmd }) => Cmd.at(-1) !== 'true');

const word = fc.constantFrom(
  'df',
  '-h',
  'ls',
  '/srv/a',
  '/srv/../etc',
  '/srv/..',
  '/srv/a/b',
  '-l',
  'psql',
  '-c',
  'select a',
  'select a; drop',
  'sh',
  'df -h',
  '',
  '--',
  ';',
  '&&',
  '|',
  '$(id)',
  '`id`',
  '\\',
  '*',
  '@web-1',
  '-u',
  'root',
  '--privileged',
  '-e',
  'PATH=/x',
  '--on=all',
  'DF',
  'df\u200b',
  'ｄf',
  '"',
  "'",
  '“df”',
  'select “a”',
  'true',
  'timeout',
  'x'.repeat(900),
);
const QUOTES = ['', '"', "'", '“”', '‘’', '„“', '«»'];
const quoted = fc
  .tuple(word, fc.constantFrom(...QUOTES))
  .map(([text, [open = '', close = open]]) => `${open}${text}${close}`);
const option = fc.constantFrom(
  '-u app',
  '-u root',
  '-u 0:0',
  '–u root',
  '—user root',
  '--user=root',
  '-uroot',
  '-w /',
  '--workdir=/etc',
  '-e PGPASSWORD=a',
  '-e PATH=/x',
  '--env LD_PRELOAD=/x',
  '-e=PGX=1',
  '-ePATH=/x',
  '-it',
  '--privileged',
  '-d',
  '--',
  '@web-1',
  '--on all',
  '-e PGOPTIONS=x',
  '-e FAIRLEAD_EXEC=x',
);

describe('/exec', () => {
  it('runs nothing but what the config allows, however it is typed', { timeout: 120_000 }, async () => {
    await using fake = await engine();
    await using own = await openDesk({ 'web-1': fake.socketPath }, [], {
      roles: { operator: { commands: ['exec'], exec: rules } },
      budget: { commands: 10_000 },
    });
    const lines = fc.tuple(fc.array(option, { maxLength: 2 }), fc.array(quoted, { minLength: 1, maxLength: 4 }));
    // Half of them begin with a command that is allowed, so that options and further words are tried on those.
    const begun = fc.tuple(
      fc.array(option, { maxLength: 2 }),
      fc
        .tuple(
          fc.constantFrom(['df -h'], ['ls /srv/a'], ['psql -c "select a"'], ['psql -c “select a”']),
          fc.array(quoted, { maxLength: 1 }),
        )
        .map((some) => some.flat()),
    );

    await fc.assert(
      fc.asyncProperty(fc.oneof(lines, begun), async ([options, words]) => {
        await own.say(`/exec ${[...options, 'shop', ...words].join(' ')}`);
      }),
      { numRuns: 400 },
    );

    const ran = bodies(fake);
    expect(ran.length).toBeGreaterThan(20);
    for (const { Cmd, Env = [], User, WorkingDir, Tty, Privileged } of ran) {
      expect(Cmd.slice(0, BOUND.length)).toEqual(BOUND);
      expect(Cmd.slice(BOUND.length)).toSatisfy(isAllowed);
      for (const pair of Env) expect(pair).toMatch(/^(?:PG(?!OPTIONS)\w*|FAIRLEAD_EXEC=[0-9A-Z]{26}$)/u);
      expect([undefined, 'app']).toContain(User);
      expect(WorkingDir).toBeUndefined();
      expect({ Tty, Privileged }).toEqual({ Tty: false, Privileged: false });
    }
  });

  it('gives the program each word as it was typed', { timeout: 60_000 }, async () => {
    await using fake = await engine();
    await using own = await openDesk({ 'web-1': fake.socketPath }, [], {
      roles: { operator: { commands: ['exec'], exec: [{ commands: ['echo ...'] }] } },
      budget: { commands: 10_000 },
    });
    const text = fc.stringMatching(/^[ -~äß€]{0,20}$/u).filter((one) => !/secret|token|passw|key|pwd/iu.test(one));

    await fc.assert(
      fc.asyncProperty(fc.array(text, { maxLength: 5 }), async (words) => {
        const before = bodies(fake).length;
        const typed = words.map((one) => `"${one.replace(/["\\]/gu, '\\$&')}"`);
        const answer = await own.say(`/exec shop echo ${typed.join(' ')}`);
        // What looks like a secret is refused.
        if (answer.kind !== 'result') return expect(answer).toMatchObject({ reason: 'bad_input' });
        expect(
          bodies(fake)
            .slice(before)[0]
            ?.Cmd.slice(BOUND.length + 1),
        ).toEqual(words);
      }),
      { numRuns: 150 },
    );
  });
});
