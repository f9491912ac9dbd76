import { type Core, openCore } from '../../core.ts';
import { UserError } from '../../domain/errors.ts';
import type { Deps } from '../../handlers/deps.ts';
import { UNOBSERVED } from '../../observe.ts';
import { createPeople } from '../../slack/client/people.ts';
import { BY_NAME } from '../../slack/commands.ts';
import { createFirstTimes } from '../../slack/listeners/first-times.ts';
import { createHome } from '../../slack/listeners/home.ts';
import type { Listening } from '../../slack/listeners/listening.ts';
import type { HandOver } from '../../slack/reply/task.ts';
import { createSender } from '../../slack/sender.ts';
import type { Settings } from './settings.ts';
import type { Time } from './time.ts';
import { createTurns, type Turns } from './turns.ts';

/** What a function keeps from one invocation to the next. */
export interface Opened {
  readonly core: Core;
  readonly listening: Listening;
  readonly turns: Turns;
}

/** Opens the store and all that commands need. `time` is what is left of the invocation that asks. */
export async function openFunction(
  { config, env, log }: Settings,
  time: Time,
  handOverTo: (deps: Deps) => HandOver | undefined,
): Promise<Opened> {
  const token = env.SLACK_BOT_TOKEN;
  if (token === undefined)
    throw new UserError('not_configured', 'SLACK_BOT_TOKEN is not set.', 'It begins with xoxb-.');
  const core = await openCore(config, env, log);
  const turns = createTurns();
  const { board, deps, api } = createSender({
    token,
    apiUrl: env.SLACK_API_URL,
    log,
    observer: UNOBSERVED,
    depsOf(client, board) {
      const deps = core.deps(createPeople(config, client, log), board);
      const mostMs = () => Math.max(0, time.leftMs() - FOLLOW_ENDS_MS);
      return { ...deps, runner: turns.runner, live: { ...deps.live, mostMs } };
    },
  });
  const listening: Listening = {
    deps,
    commands: BY_NAME,
    board,
    api,
    get signal() {
      return time.signal();
    },
    track: (work) => work,
    showHome: (...shown) => createHome(() => deps, time.signal())(...shown),
    isFirst: createFirstTimes(deps),
    handOver: handOverTo(deps),
  };
  return { core, listening, turns };
}

/** What is followed ends so long before the function does: its last message has to be sent. */
const FOLLOW_ENDS_MS = 30_000;
