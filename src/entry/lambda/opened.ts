import { type Admission, openAdmission } from '../../admission.ts';
import { coreOn } from '../../core.ts';
import type { FunctionKind } from '../../domain/function-name.ts';
import { UNOBSERVED } from '../../observe.ts';
import type { SlackApi } from '../../slack/client/client.ts';
import { createPeople } from '../../slack/client/people.ts';
import { BY_NAME } from '../../slack/commands.ts';
import { createHome } from '../../slack/listeners/home.ts';
import { createIntake } from '../../slack/listeners/intake.ts';
import type { Listening } from '../../slack/listeners/listening.ts';
import { converse } from '../../slack/reply/conversation.ts';
import { createSender } from '../../slack/sender.ts';
import { database } from './begun.ts';
import { type Settings, tokenOf } from './settings.ts';
import type { Time } from './time.ts';
import { createTurns, type Turns } from './turns.ts';

/** What a function that carries commands out keeps from one invocation to the next. */
export interface Opened {
  readonly listening: Listening;
  readonly turns: Turns;
  /** Says that this function was called, for `/dock status`. Never rejects. */
  called(kind: FunctionKind): Promise<void>;
}

/** Opens the store and all that commands need. `time` is what is left of the invocation that asks. */
export async function openFunction(settings: Settings, time: Time): Promise<Opened> {
  return openOn(await openAdmission(settings.config, settings.env, database), settings, { time });
}

/** What a function has already. */
export interface Own extends Partial<Pick<Listening, 'formMs' | 'handOver' | 'intake'>> {
  readonly time: Time;
  readonly api?: SlackApi;
}

/** The same on a store that is open. */
export function openOn(
  admission: Admission,
  { config, env, log }: Settings,
  { time, api: given, ...own }: Own,
): Opened {
  const core = coreOn(admission, env, log);
  const turns = createTurns();
  const { board, deps, api } = createSender({
    token: tokenOf(env),
    apiUrl: env.SLACK_API_URL,
    log,
    observer: UNOBSERVED,
    api: given,
    depsOf(client, board) {
      const deps = core.deps(
        createPeople(config, async () => client, log),
        board,
      );
      const mostMs = () => Math.max(0, time.leftMs() - FOLLOW_ENDS_MS);
      return { ...deps, runner: turns.runner, live: { ...deps.live, mostMs } };
    },
  });
  const listening: Listening = {
    deps,
    commands: BY_NAME,
    board,
    api: async () => api,
    get signal() {
      return time.signal();
    },
    track: (work) => work,
    showHome: (...shown) => createHome(() => deps, time.signal())(...shown),
    intake: createIntake(deps, core.replicas.id),
    formMs: () => 0,
    converse: (exchange) => converse(exchange, listening),
    ...own,
  };
  return { listening, turns, called: core.replicas.called };
}

/** What is followed ends so long before the function does: its last message has to be sent. */
const FOLLOW_ENDS_MS = 30_000;
