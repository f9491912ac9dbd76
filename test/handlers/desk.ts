import { openCore } from '../../src/bot.ts';
import { loadEnvironment, parseConfig } from '../../src/config.ts';
import { handle } from '../../src/handlers/pipeline.ts';
import type { Answer } from '../../src/handlers/types.ts';
import { createLog } from '../../src/telemetry.ts';

/** Everything but Slack, over the hosts a test names: commands go in as text, answers come out as plain data. */
export interface Desk extends AsyncDisposable {
  say(text: string): Promise<Answer>;
  /** Says it and hands over every report of its progress. */
  watch(text: string, onProgress: (report: unknown) => void): Promise<Answer>;
}

export const PERSON = 'U0DEV1';
const CHANNEL = 'C0TEAM';

/** One channel in which everybody may say `commands` on all the `hosts`, given as name to socket; `more` of the config. */
export function openDesk(hosts: Readonly<Record<string, string>>, commands: readonly string[], more = {}): Desk {
  const config = parseConfig(
    JSON.stringify({
      slack: { team: 'T0TEAM' },
      hosts: Object.fromEntries(Object.entries(hosts).map(([name, socket]) => [name, { url: `unix://${socket}` }])),
      roles: { operator: { commands } },
      channels: { [CHANNEL]: { grants: [{ role: 'operator', hosts: 'all' }] } },
      ...more,
    }),
    'test.yml',
    {},
  );
  const core = openCore(config, loadEnvironment({ DATABASE_URL: ':memory:' }), createLog('silent'));
  const deps = core.deps({
    membership: async () => ({ groups: new Set(), unreadable: new Set() }),
    channels: async () => new Set([CHANNEL]),
  });
  const { signal } = new AbortController();
  const watch: Desk['watch'] = (text, progress) =>
    handle({ text, person: PERSON, channel: CHANNEL, team: 'T0TEAM', source: 'cli' }, deps, {
      signal,
      accepted() {},
      progress,
    });
  return { watch, say: (text) => watch(text, () => {}), [Symbol.asyncDispose]: () => core.close() };
}

export function resultOf<T>(answer: Answer): T {
  if (answer.kind !== 'result') throw new Error(JSON.stringify(answer));
  return answer.result as T;
}
