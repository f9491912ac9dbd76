import { describe, expect, it } from 'vitest';
import { DeliveryFailure } from '../../src/changes/failure.ts';
import type { Receiver } from '../../src/changes/receiver.ts';
import { ended, receiverOf, started } from './events.ts';
import { COMMIT, TOKEN as GITHUB_TOKEN, startGitHub } from './servers/github.ts';
import { TOKEN as GRAFANA_TOKEN, startGrafana } from './servers/grafana.ts';
import { ROUTING_KEY, startPagerDuty } from './servers/pagerduty.ts';
import { serveReceiver } from './servers/serve.ts';
import { SECRET, startWebhook } from './servers/webhook.ts';

const never = new AbortController().signal;
const failureOf = (sent: Promise<unknown>) =>
  sent.then(
    () => undefined,
    (error) => (error instanceof DeliveryFailure ? error : Promise.reject(error)),
  );

describe('a webhook', () => {
  it('gets a signed document whose id is the same at each attempt', async () => {
    await using server = await startWebhook();
    const receiver = receiverOf({ kind: 'webhook', url: `${server.url}/hook`, secret: SECRET });
    await receiver.send(started(), never);
    await receiver.send(ended('rolled_back'), never);
    await receiver.send(ended('rolled_back'), never);

    const [first, second, again] = server.events;
    expect(first?.body).toMatchObject({
      type: 'deployment.started',
      data: {
        service: 'shop',
        from: ['1.3.2'],
        environments: ['prod'],
        links: { commit: expect.stringContaining(COMMIT) },
      },
    });
    expect(second?.body.data).toMatchObject({ verdict: 'rolled_back', seconds: 3.1, outcomes: { rolled_back: 2 } });
    expect(again?.id).toBe(second?.id);
    expect(first?.id).not.toBe(second?.id);
  });

  it('is not signed without a secret, and is checked at the root of its host', async () => {
    await using server = await serveReceiver(() => ({ status: 200 }));
    const receiver = receiverOf({ kind: 'webhook', url: `${server.url}/hook` });
    await receiver.send(started(), never);
    expect(server.asked[0]?.headers).not.toHaveProperty('webhook-signature');
    expect(await receiver.check(never)).toBe('reachable');
    expect(server.asked[1]).toMatchObject({ method: 'HEAD', path: '/' });
  });
});

it('PagerDuty gets a change event with the facts and links', async () => {
  await using server = await startPagerDuty();
  const receiver = receiverOf({ kind: 'pagerduty', routingKey: ROUTING_KEY, url: server.url });
  await receiver.send(ended(), never);
  await receiver.send(started({ service: 'x'.repeat(40), card: undefined, commit: undefined }), never);

  expect(server.events).toHaveLength(2);
  expect(server.events[0]?.payload.custom_details).toMatchObject({
    event: ended().id,
    service: 'shop',
    verdict: 'deployed',
  });
  expect(server.events[0]?.links?.map(({ text }) => text)).toEqual(['Card in Slack', 'Commit']);
  expect(server.events[1]?.links).toEqual([]);
  expect(await receiver.check(never)).toBe('reachable');
});

it('Grafana has one annotation for each deployment, which becomes a region; the text is escaped', async () => {
  await using server = await startGrafana();
  const receiver = receiverOf({ kind: 'grafana', url: `${server.url}/`, token: GRAFANA_TOKEN });
  await receiver.send(started(), never);
  await receiver.send(started(), never);
  expect(server.annotations).toHaveLength(1);
  expect(server.annotations[0]).not.toHaveProperty('timeEnd');
  await receiver.send(ended(), never);
  await receiver.send(ended(), never);
  // Late, since a lost answer made it one to be tried again.
  await receiver.send(started(), never);

  expect(server.annotations).toHaveLength(1);
  const [annotation] = server.annotations;
  expect(annotation?.timeEnd).toBe((annotation?.time ?? 0) + 3120);
  expect(annotation?.tags).toEqual(
    expect.arrayContaining(['fairlead', 'deploy', 'service:shop', 'environment:prod', 'verdict:deployed']),
  );
  expect(annotation?.text).toContain('&amp; &lt;healthy&gt;');
  expect(await receiver.check(never)).toBe('accepted');
  const other = receiverOf({ kind: 'grafana', url: server.url, token: 'wrong' });
  expect(await failureOf(other.check(never))).toMatchObject({ mayRetry: false });
});

describe('GitHub', () => {
  const config = { kind: 'github', token: GITHUB_TOKEN, repositories: { shop: 'acme/shop' }, ref: 'v{tag}' } as const;

  it('has one deployment for each of ours, at the commit, with its statuses', async () => {
    await using server = await startGitHub();
    const receiver = receiverOf({ ...config, url: server.url });
    await receiver.send(started(), never);
    await receiver.send(started(), never);
    await receiver.send(ended('partial'), never);

    expect(server.deployments).toHaveLength(1);
    expect(server.deployments[0]).toMatchObject({
      ref: COMMIT,
      environment: 'prod',
      production_environment: true,
      required_contexts: [],
      auto_merge: false,
    });
    expect(server.statuses.map(({ state }) => state)).toEqual(['in_progress', 'in_progress', 'failure']);
    expect(await receiver.check(never)).toBe('accepted');
  });

  it.each([
    ['deployed', 'success'],
    ['rolled_back', 'failure'],
    ['failed_kept_old', 'failure'],
    ['aborted', 'failure'],
    ['needs_attention', 'error'],
    ['refused', 'error'],
  ])('says of %s that it is %s', async (verdict, state) => {
    await using server = await startGitHub();
    await receiverOf({ ...config, url: server.url }).send(ended(verdict), never);
    expect(server.statuses).toMatchObject([{ state, log_url: expect.stringContaining('slack.com') }]);
  });

  it('is told of the tag where no commit is known, and of nothing where neither is', async () => {
    await using server = await startGitHub(['v1.4.0']);
    const receiver = receiverOf({ ...config, url: server.url });
    const unsigned = { commit: undefined, environments: [] };
    await receiver.send(started(unsigned), never);
    await receiver.send(ended('deployed', unsigned), never);
    expect(server.deployments).toMatchObject([
      { ref: 'v1.4.0', environment: 'unknown', production_environment: false },
    ]);

    const other = await failureOf(receiver.send(started({ ...unsigned, tag: '9.9.9', version: '9.9.9' }), never));
    expect(other).toMatchObject({ mayRetry: false });
    expect(other?.message).toContain('No ref found');
    expect(await failureOf(receiver.send(started({ ...unsigned, tag: undefined }), never))).toMatchObject({
      mayRetry: false,
    });
    expect(server.deployments).toHaveLength(1);
  });

  it('is not told of a service without a repository', async () => {
    await using server = await startGitHub();
    await receiverOf({ ...config, url: server.url }).send(started({ service: 'jobs' }), never);
    expect(server.asked).toEqual([]);
  });
});

describe('an answer', () => {
  const send = async (answer: Parameters<typeof serveReceiver>[0], signal = never) => {
    await using server = await serveReceiver(answer);
    const failure = await failureOf(
      receiverOf({ kind: 'webhook', url: `${server.url}/hook`, secret: SECRET }).send(started(), signal),
    );
    return { failure, asked: server.asked.length };
  };

  it.each([
    [400, false],
    [401, false],
    [403, false],
    [404, false],
    [408, true],
    [410, false],
    [422, false],
    [429, true],
    [500, true],
    [503, true],
  ])('of %i is tried again: %s', async (status, mayRetry) => {
    const { failure } = await send(() => ({ status, json: { message: 'no <b>\u202E such' } }));
    expect(failure).toMatchObject({ mayRetry, message: expect.stringContaining(`answered ${status}`) });
    expect(failure?.message).not.toContain('\u202E');
  });

  it('says when it may be asked again', async () => {
    const after = { 'retry-after': '7' };
    expect((await send(() => ({ status: 429, headers: after }))).failure).toMatchObject({ retryAfterMs: 7000 });
    expect((await send(() => ({ status: 403, headers: after }))).failure).toMatchObject({ mayRetry: true });
    const used = { 'x-ratelimit-remaining': '0' };
    expect((await send(() => ({ status: 403, headers: used }))).failure).toMatchObject({ mayRetry: true });
  });

  it('that redirects is not followed, and nothing is sent there', async () => {
    await using elsewhere = await serveReceiver(() => ({ status: 200 }));
    const { failure } = await send(() => ({ status: 307, headers: { location: `${elsewhere.url}/hook` } }));
    expect(failure).toMatchObject({ mayRetry: false, message: expect.stringContaining('redirects') });
    expect(elsewhere.asked).toEqual([]);
  });

  it('that never ends, or never comes, is waited for only so long', async () => {
    const big = await send(() => ({ status: 200, json: 'x'.repeat(3_000_000) }));
    expect(big.failure).toMatchObject({ mayRetry: false });
    const { failure } = await send(() => undefined, AbortSignal.timeout(100));
    expect(failure).toMatchObject({ mayRetry: true });
  });

  it('of no server at all is tried again', async () => {
    const gone = await serveReceiver(() => ({ status: 200 }));
    await gone[Symbol.asyncDispose]();
    const receiver: Receiver = receiverOf({ kind: 'webhook', url: gone.url });
    expect(await failureOf(receiver.send(started(), never))).toMatchObject({ mayRetry: true });
  });
});
