import type { WebClient } from '@slack/web-api';
import { messageOf as wordsOf } from '../../domain/errors.ts';
import type { Deps } from '../../handlers/deps.ts';
import { handle } from '../../handlers/pipeline.ts';
import { writeCommandsInMessage } from '../block-kit/commands.ts';
import { checkView } from '../block-kit/limits.ts';
import { context } from '../block-kit/message.ts';
import { BY_NAME } from '../commands.ts';
import { messageOf } from '../views/answer.ts';

/** Draws somebody's home tab: `/dock home`, with a word above it. Never rejects. */
export type ShowHome = (client: WebClient, person: string, word?: string) => Promise<void>;

export function createHome(depsOf: () => Deps, signal: AbortSignal): ShowHome {
  /** Of two that are drawn at once, the later one stays. */
  const newest = new Map<string, symbol>();
  return async (client, person, word) => {
    const own = Symbol(person);
    newest.set(person, own);
    const deps = depsOf();
    const { team, prefix } = deps.config.slack;
    const said = { text: 'dock home', person, channel: '', team, source: 'home' } as const;
    const answer = await handle(
      said,
      { deps, commands: BY_NAME },
      { signal, accepted() {}, progress() {}, early() {} },
    );
    const { text, blocks } = writeCommandsInMessage(messageOf(answer), prefix);
    const full = { type: 'home' as const, blocks: [...(word === undefined ? [] : [context(word)]), ...blocks] };
    const problems = checkView(full);
    if (problems.length > 0) deps.log.error({ problems }, 'Blocks that Slack would refuse were left out');
    const view = problems.length > 0 ? { ...full, blocks: [context(text)] } : full;
    if (newest.get(person) !== own) return;
    newest.delete(person);
    await client.views
      .publish({ user_id: person, view })
      .catch((error) => deps.log.warn({ person, err: wordsOf(error) }, 'A home tab could not be drawn'));
  };
}
