import { expect, it, onTestFinished } from 'vitest';
import { type LocalSlack, startSlack } from '../../playground/server/index.ts';
import { freePort } from '../e2e/harness.ts';
import { type BotProcess, end, loneBot, READY } from '../e2e/process.ts';
import { type Collector, type SeenSpan, startCollector } from './collector.ts';

interface Scene {
  readonly slack: LocalSlack;
  readonly bot: BotProcess;
  get(path: string): Promise<{ readonly status: number; readonly text: string }>;
}

async function scene(more: NodeJS.ProcessEnv = {}): Promise<Scene> {
  const slack = await startSlack();
  onTestFinished(() => slack.stop());
  const port = await freePort();
  const bot = loneBot(slack, { FAIRLEAD_STATUS_LISTEN: `${port}`, ...more });
  const get = async (path: string) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`);
    return { status: response.status, text: await response.text() };
  };
  return { slack, bot, get };
}

async function ready(bot: BotProcess, slack: LocalSlack): Promise<void> {
  await bot.said(READY);
  await slack.connected();
}

const type = (slack: LocalSlack, text: string) => slack.type({ person: 'U0DEV1', channel: 'C0STAGING', text });

it('counts commands by command, decision and outcome, with labels of the config only', async () => {
  const { slack, bot, get } = await scene();
  await ready(bot, slack);
  await type(slack, '/dock whoami');
  await type(slack, '/ps');
  await type(slack, '/pull nginx:1');
  await type(slack, '/dock xoxb-1234-U0DEV1-nonsense');

  const { status, text } = await get('/metrics');

  expect(status).toBe(200);
  const counted = text.split('\n').filter((line) => line.startsWith('fairlead_requests_total'));
  expect(counted).toContain('fairlead_requests_total{command="whoami",decision="allow",outcome="ok"} 1');
  expect(counted).toContain('fairlead_requests_total{command="ps",decision="allow",outcome="failed"} 1');
  expect(counted, counted.join(' ')).toContain(
    'fairlead_requests_total{command="pull",decision="deny",outcome="refused"} 1',
  );
  expect(counted).toContain('fairlead_requests_total{command="other",decision="none",outcome="refused"} 1');
  expect(text).toContain('fairlead_host_up{host="web-1"} 0');
  expect(text).toMatch(/fairlead_ack_duration_seconds_count 4\n/u);
  expect(text).toMatch(/fairlead_audit_chain_length [1-9]/u);
  expect(text).toContain('fairlead_queue_depth{queue="notes"} 0');
  expect(text).toContain('fairlead_locks_held 0');
  for (const secret of [...Object.values(slack.tokens), 'U0DEV1', 'C0STAGING', 'nonsense'])
    expect(text).not.toContain(secret);
});

it('is ready while Slack is connected, says what is missing, and is not ready first when it ends', async () => {
  const { slack, bot, get } = await scene();
  const back = slack.faults.during({ method: '*', status: 500 });
  await bot.said('The worker has started');
  expect(await get('/healthz')).toEqual({ status: 200, text: 'ok\n' });
  expect(await get('/readyz')).toEqual({ status: 503, text: 'slack: is not connected\n' });
  back();
  await ready(bot, slack);
  await expect.poll(() => get('/readyz'), { timeout: 5000 }).toEqual({ status: 200, text: 'ok\n' });
  expect((await get('/nothing')).status).toBe(404);

  slack.faults.during({ method: 'chat.postMessage', latencyMs: 2000 });
  bot.child.kill('SIGTERM');
  await bot.said('Fairlead is stopping');
  const last = await get('/readyz').catch(() => ({ status: 503, text: 'process: is shutting down\n' }));
  expect(last).toEqual({ status: 503, text: 'process: is shutting down\n' });
  expect(await bot.exit).toBe(0);
});

it('over signed HTTP the public port has no metrics and no details', async () => {
  const port = await freePort();
  const slack = await startSlack();
  onTestFinished(() => slack.stop());
  const back = slack.faults.during({ method: '*', status: 500 });
  const { signingSecret } = slack.tokens;
  const bot = loneBot(slack, { SLACK_APP_TOKEN: '', SLACK_SIGNING_SECRET: signingSecret, PORT: `${port}` });
  await bot.said('Slack could not be reached');
  const get = async (path: string) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`);
    return [response.status, await response.text()];
  };
  expect(await get('/readyz')).toEqual([503, 'not ready\n']);
  back();
  await bot.said(READY);
  await expect.poll(() => get('/readyz'), { timeout: 5000 }).toEqual([200, 'ok\n']);
  expect((await get('/metrics'))[0]).toBe(404);
});

const named = (spans: readonly SeenSpan[], name: string): SeenSpan => {
  const found = spans.find((span) => span.name === name);
  if (!found) throw new Error(`No span ${name} in ${spans.map((span) => span.name).join(', ')}`);
  return found;
};

it('sends a trace of each request, from the exchange to the engine call, and no secret', async () => {
  const collector: Collector = await startCollector();
  // Without a status server nobody has called the host before, so that the request does.
  const { slack, bot } = await scene({
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint,
    FAIRLEAD_STATUS_LISTEN: '',
  });
  await ready(bot, slack);
  await type(slack, '/ps');
  await end(bot, 'SIGTERM');

  expect(collector.refused).toEqual([]);
  const { spans } = collector;
  const exchange = named(spans, 'slack slash');
  const request = named(spans, 'request ps');
  const handler = named(spans, 'handler ps');
  const engine = spans.find(({ name, traceId }) => name.startsWith('engine ') && traceId === exchange.traceId);
  expect(exchange.parentSpanId).toBeUndefined();
  expect(request.parentSpanId).toBe(exchange.spanId);
  expect(handler.parentSpanId).toBe(request.spanId);
  expect(engine?.parentSpanId).toBe(handler.spanId);
  expect(engine?.status?.code).toBe(2);
  expect(engine?.attributes).toContainEqual({ key: 'error.type', value: { stringValue: 'unreachable' } });
  for (const secret of [...Object.values(slack.tokens), 'U0DEV1', 'C0STAGING'])
    expect(collector.text()).not.toContain(secret);
});

it('a collector that does not answer delays neither an answer nor the end', async () => {
  const collector = await startCollector({ silent: true });
  const { slack, bot } = await scene({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint });
  await ready(bot, slack);
  const { ok } = await type(slack, '/dock whoami');
  expect(ok).toBe(true);
  const at = performance.now();
  await end(bot, 'SIGTERM');
  expect(await bot.exit).toBe(0);
  expect(performance.now() - at).toBeLessThan(6000);
});
