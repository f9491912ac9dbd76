import type { Shape } from './shape.ts';

const ONE_PROCESS = 'is about what one process does, or does not fit several';
const OWN_BOT = 'starts the bot in its own way, not through the harness';

/** Files of `test/e2e` that only run in the shape `one`, with the reason. */
const ONLY_ONE: Readonly<Record<string, string>> = {
  'asked-killed.test.ts': `kills the process that answers, with a trigger in its SQLite file: ${ONE_PROCESS}`,
  'clock.test.ts': 'sets the clock of one process',
  'deploy-clicks.test.ts': `restarts the process that posts cards at chosen moments: ${ONE_PROCESS}`,
  'deploy-crash.test.ts': `kills the process that deploys at chosen moments: ${ONE_PROCESS}`,
  'deploy-database-hangs.test.ts': 'brings a PostgreSQL of its own, behind a proxy',
  'deploy-full-disk.test.ts': 'fills the disk that the SQLite file is on',
  'deploy-slack-away.test.ts': `waits for the words of one start while Slack is away: ${ONE_PROCESS}`,
  'event-loop.test.ts': `measures one event loop; ${OWN_BOT}`,
  'event-loop-looking.test.ts': `measures one event loop; ${OWN_BOT}`,
  'kills.test.ts': `kills all of the bot and opens its store meanwhile: ${ONE_PROCESS}`,
  'late-host.test.ts': OWN_BOT,
  'outsider-click.test.ts': OWN_BOT,
  'playground.test.ts': OWN_BOT,
  'playground-end.test.ts': OWN_BOT,
  'prometheus.test.ts': 'scrapes the port of one process',
  'replicas.test.ts': OWN_BOT,
  'slack-away.test.ts': OWN_BOT,
  'standing.test.ts': `kills the bot and an engine, and sets its clock: ${ONE_PROCESS}`,
  'suspended.test.ts': `stops the process that deploys, and lets it go on: ${ONE_PROCESS}`,
  'told-secrets.test.ts': 'reads the metrics and the traces of one process',
};

const BUTTONS = 'presses buttons of private answers and messages, which a terminal has not';
const SHOWN = 'is about what Slack shows: files, charts, messages that are updated';

/** Files of `test/e2e` that do not run at a terminal, with the reason. */
const NOT_AT_A_TERMINAL: Readonly<Record<string, string>> = {
  'asked-expired.test.ts': SHOWN,
  'deploy-approvers.test.ts': 'fills forms with one-time codes',
  'deploy-locks.test.ts': BUTTONS,
  'find.test.ts': BUTTONS,
  'forged-rows.test.ts': BUTTONS,
  'home.test.ts': 'is about the home tab',
  'hostile.test.ts': 'types what no argument of a program can be: bytes of zero',
  'lifecycle.test.ts': BUTTONS,
  'looking.test.ts': SHOWN,
  'outsiders.test.ts': 'comes from people of other workspaces, who have no shell here',
  'publish.test.ts': BUTTONS,
  'pull.test.ts': SHOWN,
  'rate-limits.test.ts': 'is about the limits of Slack',
  'registries.test.ts': BUTTONS,
  'run-exec.test.ts': SHOWN,
  'scan.test.ts': SHOWN,
  'slim.test.ts': SHOWN,
  'umbrella.test.ts': 'is about the one command that an app of Slack has',
  'why.test.ts': BUTTONS,
};

interface Elsewhere {
  readonly shapes: readonly Shape[];
  /** In the full name of a test. */
  readonly name: RegExp;
  readonly why: string;
}

/** Single tests that do not run in a shape, with the reason. */
const TESTS: readonly Elsewhere[] = [
  {
    shapes: ['terminal'],
    name: /opens a form|takes a one-time code|chosen from a list|rolls back a version that never/u,
    why: 'fills a form, which a terminal has not',
  },
  {
    shapes: ['terminal'],
    name: /shares them on a click|turns the pages|asks on which host|until Stop|leaves the card as it is|answers a mention/u,
    why: 'presses a button of an answer, or mentions the bot: a terminal prints text',
  },
  {
    shapes: ['terminal'],
    name: /under \/dock as well|names the host that is down|decides once|the first one cannot confirm|every decision and outcome|is not requested twice|is refused while somebody else|says before what it does/u,
    why: 'reads what Slack shows beside the text: bold words, mentions, several clicks at once',
  },
  {
    shapes: ['terminal'],
    name: /asks whom it may concern/u,
    why: 'approves within five seconds: the start of a program for each line takes some of them',
  },
  { shapes: ['terminal'], name: /over http/u, why: 'a terminal has one way in: the same story runs as over socket' },
];

/** Why a test runs in other shapes only; undefined when it runs in this one. */
export function whyNotHere(shape: Shape, test: string): string | undefined {
  return TESTS.find(({ shapes, name }) => shapes.includes(shape) && name.test(test))?.why;
}

/** The test files that a shape leaves out, as patterns for vitest. */
export function leftOut(shape: Shape): readonly string[] {
  const files = {
    one: {},
    replicas: ONLY_ONE,
    lambda: ONLY_ONE,
    terminal: { ...ONLY_ONE, ...NOT_AT_A_TERMINAL },
  };
  return Object.keys(files[shape]).map((file) => `test/e2e/${file}`);
}
