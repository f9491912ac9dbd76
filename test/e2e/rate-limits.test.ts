import { WebClient } from '@slack/web-api';
import { expect, it } from 'vitest';
import { bed, describeWithEngine, runContainer, uniqueName } from '../bed/bed.ts';
import { opened } from './harness.ts';
import { SHAPE } from './shapes/shape.ts';
import { ask, says, story } from './story.ts';

/** Each process that follows a log learns by itself that Slack takes no more updates: of several there are at most two here. */
const MOST_REFUSED = SHAPE === 'one' ? 1 : 2;

/** A function's acknowledgement waits 1.5 s for the form, and it may have to start first. */
const FORM_ACK_MS = SHAPE === 'lambda' ? 2800 : 2000;

describeWithEngine('a workspace whose rate limits are reached', { timeout: 60_000 }, () => {
  it('two followed logs of one person do not keep anybody else from a form', async () => {
    await using it = await story();
    // Somebody has to be left to approve what the one on call asks.
    it.slack.setUserGroup('S0ONCALL', ['U0OPS1', 'U0VIEW1']);
    const name = uniqueName('talks');
    await using _ = await runContainer(bed().sockets[0] as string, {
      name,
      image: 'busybox:1.0',
      cmd: ['sh', '-c', 'i=0; while true; do i=$((i+1)); echo line-$i; sleep 0.2; done'],
    });
    // Slack takes 50 updates a minute: all but a few of them are used by what came before.
    const other = new WebClient(it.slack.tokens.bot, { slackApiUrl: it.slack.apiUrl });
    const { ts = '' } = await other.chat.postMessage({ channel: 'C0STAGING', text: '0' });
    for (let count = 1; count <= 48; count += 1)
      await other.chat.update({ channel: 'C0STAGING', ts, text: String(count) });
    const refused = new Promise<void>((resolve) => {
      const off = it.slack.on('change', () => {
        if (!it.slack.requests.some(({ status }) => status === 429)) return;
        off();
        resolve();
      });
    });
    for (let count = 0; count < 2; count += 1) await ask(it.slack, `/logs ${name} -f @web-1`);
    await refused;

    const form = opened(it.slack, 'U0OPS1');
    const typed = await ask(it.slack, '/deploy', 'U0OPS1');
    expect(typed).toMatchObject({ ok: true });
    expect(typed.ackMs).toBeLessThan(2500);
    await form;
    await ask(it.slack, `/deploy ${it.service} 1.0.0`, 'U0OPS1');
    await it.slack.waitFor(says('asks to deploy', '1.0.0'), { channel: 'C0PROD', as: 'U0OPS1' });
    const refusals = it.slack.requests.filter(({ status }) => status === 429);
    expect(refusals.length).toBeLessThanOrEqual(MOST_REFUSED);
  });

  it.each(['socket', 'http'] as const)('%s: a form that opens too late is said in words', async (mode) => {
    await using it = await story({ mode });
    it.slack.faults.next({ method: 'views.open', latencyMs: 4000 });
    const typed = await ask(it.slack, '/deploy');
    expect(typed).toMatchObject({ ok: true });
    expect(typed.ackMs).toBeLessThan(FORM_ACK_MS);
    await it.slack.waitFor(says(it.service, '/deploy'), { channel: 'C0PROD', as: 'U0DEV1' });
  });
});
