import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { buttonsOf, type LocalSlack } from '../../../playground/server/index.ts';
import { end, hasCrashed, launch } from '../process.ts';
import { type Deployed, slackUrl } from './bot.ts';
import { bytesOf, newFile, writeInto } from './file.ts';

const run = promisify(execFile);

/**
 * Lines are typed into `fairlead run`, as the person and in the channel; what it prints is what that person sees. A button of
 * a card is pressed by running its line. Cards are drawn by a worker; nothing receives what Slack sends.
 */
export const terminal: Deployed = {
  database: newFile,
  stored: bytesOf,
  write: writeInto,
  facing: (slack, env) => {
    const typed = inTerminal(slack, env);
    return {
      ...slack,
      type: (line) => (line.text.startsWith('/') ? typed(line) : slack.type(line)),
      async click({ person, message: pressed, label }) {
        const where = { channel: pressed?.channel ?? '', as: person };
        const message = slack.messages(where).find(({ ts }) => ts === pressed?.ts);
        const button = buttonsOf(message?.blocks ?? []).find(({ text }) => text.text === label);
        if (button?.value === undefined) throw new Error(`No button ${label} with a line of its own is in sight.`);
        return typed({ person, channel: where.channel, text: button.value });
      },
    };
  },
  async start({ env, port, until }) {
    const worker = launch(env, ['--only', 'worker']);
    await worker.said(until);
    return {
      child: worker.child,
      hasCrashed: () => hasCrashed(worker),
      url: slackUrl(port),
      log: worker.log,
      end: (signal) => end(worker, signal),
    };
  },
};

interface Line {
  readonly person: string;
  readonly channel: string;
  readonly text: string;
}

function inTerminal(slack: LocalSlack, env: () => NodeJS.ProcessEnv) {
  return async ({ person, channel, text }: Line) => {
    const args = ['dist/cli.js', 'run', text, '--as', person, '--in', channel];
    const { code, stdout } = await run(process.execPath, args, { env: env() }).then(
      (ended) => ({ code: 0, ...ended }),
      (error: { code?: number; stdout?: string; stderr?: string }) => ({
        code: error.code ?? -1,
        stdout: '',
        ...error,
      }),
    );
    // 1: refused, which the person reads as well.
    if (code !== 0 && code !== 1) return { ok: false, ackMs: 0, error: `exit code ${code}` };
    await show(slack, { person, channel, text: stdout.trim() });
    return { ok: true, ackMs: 0 };
  };
}

/** Puts an answer where the story looks for it: only its person sees it. */
async function show(slack: LocalSlack, { person: user, channel, text }: Line): Promise<void> {
  if (text === '') return;
  const response = await fetch(`${slack.apiUrl}chat.postEphemeral`, {
    method: 'POST',
    headers: { authorization: `Bearer ${slack.tokens.bot}`, 'content-type': 'application/json; charset=utf-8' },
    body: JSON.stringify({ channel, user, text }),
  });
  const { ok, error } = (await response.json()) as { ok: boolean; error?: string };
  if (!ok) throw new Error(`The answer could not be shown: ${error}.`);
}
