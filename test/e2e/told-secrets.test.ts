import { randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { bed, describeWithEngine } from '../bed/bed.ts';
import { publishImage } from '../bed/publish.ts';
import { TOKEN as GITHUB_TOKEN, startGitHub } from '../changes/servers/github.ts';
import { TOKEN as GRAFANA_TOKEN, startGrafana } from '../changes/servers/grafana.ts';
import { ROUTING_KEY, startPagerDuty } from '../changes/servers/pagerduty.ts';
import { SECRET, startWebhook } from '../changes/servers/webhook.ts';
import { startCollector } from '../outside/collector.ts';
import { freePort } from './harness.ts';
import { receiversFor } from './receivers.ts';
import { ask, IMAGE, OPS, says, story } from './story.ts';

/** Secrets of each kind a person or a program may write, invented, and each in one place only. */
const letters = (count: number) => randomBytes(count).toString('hex').slice(0, count);
const PLANTED = {
  reason: `ghp_${letters(36)}`,
  'reason of a rejection': `glpat-${letters(20)}`,
  'a variable of a refused run': `planted${letters(16)}`,
  'a word that is no command': `xoxb-123456789012-${letters(24)}`,
  'a search': `sk_live_${letters(24)}`,
  'the log of a version': `AKIA${letters(16)
    .toUpperCase()
    .replace(/[^A-Z2-7]/gu, 'Q')}`,
  'the output of a health check': `planted${letters(20)}`,
  'a password in an address': `planted${letters(12)}`,
};

const OWN = {
  'the secret of the webhook': SECRET,
  'the routing key': ROUTING_KEY,
  'the token of Grafana': GRAFANA_TOKEN,
  'the token of GitHub': GITHUB_TOKEN,
  'a variable of the config': 'verysecretvalue',
};
/** It stands in the document there; all others are in headers. */
const KEY_OF_PAGERDUTY = 'the routing key in pagerduty';

describeWithEngine('what leaves the bot', () => {
  it('has no secret that somebody typed or a program wrote', async () => {
    await using hook = await startWebhook();
    await using pager = await startPagerDuty();
    await using grafana = await startGrafana();
    await using github = await startGitHub(['1.0.0', '3.0.0']);
    const collector = await startCollector();
    const port = await freePort();
    await using it = await story({
      env: {
        FAIRLEAD_STATUS_LISTEN: `${port}`,
        OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint,
        LOG_LEVEL: 'debug',
      },
      rules: (service) =>
        `approvals: [ { commands: [deploy, rollback], hosts: all, from: [oncall], expires: 1h } ]${receiversFor(service, { hook, pager, grafana, github })}`,
    });
    const said = PLANTED['the log of a version'];
    const checked = PLANTED['the output of a health check'];
    await publishImage(bed().sockets[0] ?? '', bed().registry, `${IMAGE}:3.0.0`, [
      `HEALTHCHECK --interval=300ms --retries=1 CMD echo "DB_PASSWORD=${checked}"; false`,
      `CMD ["sh", "-c", "trap 'exit 0' TERM; echo aws_access_key_id=${said}; sleep 3600 & wait"]`,
    ]);

    await ask(it.slack, `/deploy ${it.service} 1.0.0 --reason "leaked: ${PLANTED.reason}"`);
    const first = await it.slack.waitFor(says('asks to deploy', '1.0.0', 'Approve'), OPS);
    await it.slack.click({ person: 'U0OPS1', message: first, label: 'Approve' });
    await it.slack.waitFor(says('1.0.0', 'is deployed on 2 hosts'), { ...OPS, timeoutMs: 30_000 });
    await ask(it.slack, `/deploy ${it.service} 3.0.0 --reason "again"`);
    const second = await it.slack.waitFor(says('asks to deploy', '3.0.0', 'Approve'), OPS);
    await it.slack.click({ person: 'U0OPS1', message: second, label: 'Approve' });
    await it.slack.waitFor(says('3.0.0', 'took'), { ...OPS, timeoutMs: 40_000 });
    for (const line of [
      `/run alpine:3 -e DB_PASSWORD=${PLANTED['a variable of a refused run']}`,
      `/dock ${PLANTED['a word that is no command']}`,
      `/logs ${it.service} --grep ${PLANTED['a search']}`,
      `/pull https://admin:${PLANTED['a password in an address']}@registry.example/shop:1`,
      `/deploy ${it.service} 1.1.0 --reason "${PLANTED['reason of a rejection']}"`,
    ])
      await ask(it.slack, line);
    await it.slack.waitFor(says('asks to deploy', '1.1.0', 'Approve'), OPS);
    await Promise.all([hook.came(4), pager.came(4), grafana.came(4), github.came(5)]);
    const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    const stored = await it.stored();
    const log = it.log();
    // A bot that ends sends the spans that it still has.
    await it.restart('SIGTERM');

    const texts = {
      webhook: bodies(hook),
      pagerduty: bodies(pager),
      grafana: bodies(grafana),
      github: bodies(github),
      traces: collector.text(),
      metrics,
      log,
      slack: JSON.stringify(it.slack.requests.map(({ body }) => body)),
      stored,
    };
    // What they should have is there, so what they should not have was looked for where it would be.
    for (const text of [texts.webhook, texts.pagerduty, texts.grafana, texts.github, texts.slack, texts.stored])
      expect(text).toContain(it.service);
    for (const words of ['leaked: ', 'aws_access_key_id=', 'DB_PASSWORD=']) expect(texts.slack).toContain(words);
    expect(texts.stored).toContain('leaked: ');
    expect(texts.traces).toContain('request deploy');
    expect(texts.metrics).toContain('command="deploy"');
    expect(texts.log).toContain('deploy');
    const all = { ...PLANTED, ...OWN, ...it.slack.tokens, 'the password of the registry': bed().registry.password };
    const shown = Object.entries(texts).flatMap(([where, text]) =>
      Object.entries(all)
        .filter(([what, secret]) => text.includes(secret) && `${what} in ${where}` !== KEY_OF_PAGERDUTY)
        .map(([what]) => `${what} in ${where}`),
    );
    expect(shown).toEqual([]);
  }, 120_000);
});

const bodies = ({ asked }: { readonly asked: readonly { readonly text: string; readonly path: string }[] }) =>
  asked.map(({ path, text }) => `${path} ${text}`).join('\n');
