import { createHmac, randomUUID } from 'node:crypto';
import { TEAM } from '../../playground/server/index.ts';
import { httpApiEvent } from '../../test/lambda/events.ts';
import { startSandbox } from '../../test/lambda/sandbox.ts';

/** A function, the command that it is called with first, and words of its answer. */
export interface ColdStart {
  readonly file: string;
  readonly command: string;
  readonly text: string;
  readonly says: string;
}

/** Milliseconds from the start of the function's process until its answer is there. Throws for another answer. */
export async function coldStart({ file, command, text, says }: ColdStart, env: NodeJS.ProcessEnv): Promise<number> {
  const event = signedEvent({ command, text }, env['SLACK_SIGNING_SECRET'] ?? '');
  let log = '';
  const started = performance.now();
  const sandbox = await startSandbox({
    file,
    env,
    timeoutMs: 10_000,
    log(chunk) {
      log += chunk;
    },
  });
  const answer = (await sandbox.invoke(event)) as { statusCode: number; body: string };
  const took = performance.now() - started;
  await sandbox.end();
  if (answer.statusCode !== 200 || !answer.body.includes(says))
    throw new Error(`${file} answered ${command} with ${answer.statusCode}: ${answer.body}\n${log}`);
  return took;
}

function signedEvent(typed: { readonly command: string; readonly text: string }, secret: string): object {
  const body = new URLSearchParams({
    ...typed,
    api_app_id: 'A0FAIRLEAD',
    channel_id: 'C0STAGING',
    channel_name: 'staging',
    response_url: 'http://127.0.0.1:9/nobody',
    team_id: TEAM,
    trigger_id: randomUUID(),
    user_id: 'U0DEV1',
    user_name: 'dana',
  }).toString();
  const at = Math.floor(Date.now() / 1000);
  const headers = {
    'content-type': 'application/x-www-form-urlencoded',
    'x-slack-request-timestamp': String(at),
    'x-slack-signature': `v0=${createHmac('sha256', secret).update(`v0:${at}:${body}`).digest('hex')}`,
  };
  return httpApiEvent(headers, Buffer.from(body));
}
