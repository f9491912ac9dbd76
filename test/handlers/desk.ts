import { expect } from 'vitest';
import { loadEnvironment, parseConfig } from '../../src/config.ts';
import { openCore } from '../../src/core.ts';
import type { Answer as AnswerOf } from '../../src/handlers/answer.ts';
import type { Note } from '../../src/handlers/deploy/card/notes.ts';
import type { CardVerdict } from '../../src/handlers/deploy/planning/types.ts';
import type { CardResult } from '../../src/handlers/deploy/put.ts';
import type { Runner } from '../../src/handlers/deployment-runner.ts';
import type { Deps } from '../../src/handlers/deps.ts';
import { handle } from '../../src/handlers/pipeline.ts';
import type { Message } from '../../src/slack/block-kit/message.ts';
import { createPeople } from '../../src/slack/client/people.ts';
import { type Command, type CommandParts, command } from '../../src/slack/command.ts';
import { COMMANDS } from '../../src/slack/commands.ts';
import type { Reply } from '../../src/slack/reply/reply.ts';
import type { Store } from '../../src/store/store.ts';
import { createLog } from '../../src/telemetry.ts';
import { RECORD_KEY } from '../store/keys.ts';

export type Answer = AnswerOf<Reply>;

/** Everything but Slack, over the hosts a test names: commands go in as text, answers come out as plain data. */
export interface Desk extends AsyncDisposable {
  say(text: string, person?: string): Promise<Answer>;
  /** Says it and hands over every report of its progress. */
  watch(text: string, onProgress: (report: unknown) => void, person?: string): Promise<Answer>;
  readonly store: Store;
  readonly deps: Deps;
  /** What is to be said in threads of cards, and to people, from the beginning on. */
  notes(): Promise<readonly Note[]>;
  /** What was shown while the rest was waited for. */
  readonly early: readonly Reply[];
  /** Carries nothing out until it is started. */
  readonly runner: Runner;
  /** Asks for a deploy and says yes to it; resolves to the id of its question. */
  ask(text: string): Promise<string>;
  /** Waits for the end of a deployment, with the runner started; resolves to its verdict on each host. */
  ended(question: string): Promise<Record<string, CardVerdict>>;
}

export const PERSON = 'U0DEV1';
export const CHANNEL = 'C0TEAM';

/** One channel in which everybody may say `commands` on all the `hosts`, given as name to socket; `more` of the config. */
export async function openDesk(
  hosts: Readonly<Record<string, string>>,
  commands: readonly string[],
  more = {},
  database = ':memory:',
): Promise<Desk> {
  const config = parseConfig(
    JSON.stringify({
      slack: { team: 'T0TEAM' },
      hosts: Object.fromEntries(Object.entries(hosts).map(([name, socket]) => [name, { url: `unix://${socket}` }])),
      roles: { operator: { commands } },
      channels: { [CHANNEL]: { grants: [{ role: 'operator', hosts: 'all' }] } },
      adopt: [{ containers: ['*'], hosts: 'all' }],
      ...more,
    }),
    'test.yml',
    {},
  );
  const log = createLog('silent');
  const core = await openCore(
    config,
    loadEnvironment({ DATABASE_URL: database, FAIRLEAD_RECORD_KEY: RECORD_KEY }),
    log,
  );
  const people = {
    ...createPeople(config, undefined, log),
    channels: async () => new Set([CHANNEL]),
  };
  const notes: Note[] = [];
  const early: Reply[] = [];
  const deps = core.deps(people, {
    async post() {},
    changed() {},
  });
  const { signal } = new AbortController();
  const watch: Desk['watch'] = (text, progress, person = PERSON) =>
    handle(
      { text, person, channel: CHANNEL, team: 'T0TEAM', source: 'cli' },
      { deps, commands: AS_DATA },
      {
        signal,
        accepted() {},
        progress: (report) => progress(report()),
        early: (reply) => void early.push(reply()),
      },
    );
  return {
    watch,
    say: (text, person) => watch(text, () => {}, person),
    store: deps.store,
    deps,
    async notes() {
      const { outbox } = deps.store;
      for (let first = await outbox.next(1); first[0]; first = await outbox.next(1)) {
        const [{ seq, note }] = first;
        notes.push(note as Note);
        await outbox.claim(first[0], 'desk');
        await outbox.remove(seq, 'desk');
      }
      return notes;
    },
    early,
    runner: deps.runner,
    async ask(text) {
      const { card } = resultOf<CardResult>(await watch(text, () => {}));
      resultOf(await watch(`/dock approve ${card}`, () => {}));
      return card;
    },
    async ended(question) {
      const { deployments } = deps.store;
      const { id = '' } = (await deployments.byApproval(question)) ?? {};
      await expect.poll(() => deployments.get(id), { timeout: 60_000 }).toMatchObject({ state: 'ended' });
      const hosts = await deployments.hosts(id);
      return Object.fromEntries(hosts.map(({ host, detail }) => [host, detail as CardVerdict]));
    },
    async [Symbol.asyncDispose]() {
      await deps.runner.stop();
      await core.close();
    },
  };
}

export function resultOf<T>(answer: Answer): T {
  if (answer.kind !== 'result') throw new Error(JSON.stringify(answer));
  return answer.result as T;
}

/** Every command, whose progress comes as the plain data that its handler reports. */
const AS_DATA: ReadonlyMap<string, Command> = new Map(
  Object.values(COMMANDS).map(({ spec, parts }) => {
    const own = parts as unknown as CommandParts<unknown, object, Message, string, 'message'>;
    return [
      spec.name,
      command({ ...own, progress: { view: (report) => report, stands: 'channel', begins: 'when-slow' } }),
    ];
  }),
);
