import { parseArgs } from 'node:util';
import { WebClient } from '@slack/web-api';
import { openCore } from '../core.ts';
import { UserError } from '../domain/errors.ts';
import { asText, isPhrase } from '../domain/phrase.ts';
import type { Answer } from '../handlers/answer.ts';
import type { Deps } from '../handlers/deps.ts';
import { handle } from '../handlers/pipeline.ts';
import { redactorOf } from '../policy/known-secrets.ts';
import { writeCommands } from '../slack/block-kit/commands.ts';
import { plainText } from '../slack/block-kit/plain.ts';
import { createBoard } from '../slack/cards/board.ts';
import { clientOptions } from '../slack/client/client-options.ts';
import { libraryLog } from '../slack/client/library-log.ts';
import { createPeople } from '../slack/client/people.ts';
import { BY_NAME } from '../slack/commands.ts';
import { messageOf } from '../slack/views/answer.ts';
import { createLog } from '../telemetry.ts';
import { operator } from './operator.ts';
import { settings } from './settings.ts';

/** One command by the same way as from Slack: parsed, authorized and audited as that person in that channel. */
export async function runCommand(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { as: { type: 'string' }, in: { type: 'string' }, json: { type: 'boolean' } },
  });
  const [text] = positionals;
  if (text === undefined || values.as === undefined || values.in === undefined)
    throw new UserError('bad_input', "Say what, as whom and where: fairlead run '/images' --as U0DEV1 --in C0STAGING");
  const { config, env } = settings();
  const { prefix } = config.slack;
  const log = createLog(env.LOG_LEVEL === 'info' ? 'warn' : env.LOG_LEVEL, redactorOf(config, env));
  const core = await openCore(config, env, log);
  const client =
    env.SLACK_BOT_TOKEN === undefined
      ? undefined
      : new WebClient(env.SLACK_BOT_TOKEN, {
          ...clientOptions(env.SLACK_API_URL),
          logger: libraryLog(log),
          timeout: 2000,
          retryConfig: { retries: 0 },
        });
  const board = client && createBoard(client, () => deps);
  const deps: Deps = core.deps(createPeople(config, client && (async () => client), log), board);
  const interrupt = new AbortController();
  process.once('SIGINT', () => interrupt.abort());
  try {
    let shown = '';
    const answer = await handle(
      {
        text,
        person: values.as,
        channel: values.in,
        team: config.slack.team,
        source: 'cli',
        operator: operator(),
      },
      { deps, commands: BY_NAME },
      {
        signal: interrupt.signal,
        accepted() {},
        early() {},
        progress(report) {
          if (values.json || !process.stderr.isTTY) return;
          const next = plainText(writeCommands(report().blocks, prefix));
          if (next !== shown) process.stderr.write(`${next}\n\n`);
          shown = next;
        },
      },
    );
    if (values.json) process.stdout.write(`${jsonOf(answer, prefix)}\n`);
    else {
      const message = messageOf(answer);
      process.stdout.write(`${message.file?.content ?? plainText(writeCommands(message.blocks, prefix))}\n`);
      for (const { title, content } of message.files ?? []) process.stdout.write(`\n${title}\n${content}\n`);
    }
    return answer.kind === 'refused' ? 1 : 0;
  } finally {
    await board?.flush();
    await core.close();
  }
}

/** For scripts: what is said to people is plain text. */
function jsonOf(answer: Answer<unknown>, prefix: string): string {
  const shown =
    answer.kind === 'result'
      ? answer.result
      : answer.kind === 'refused'
        ? { refused: answer.reason, text: answer.text, hint: answer.hint }
        : { usage: answer.spec.name };
  return JSON.stringify(shown, (_, value: unknown) => (isPhrase(value) ? asText(value, prefix) : value));
}
