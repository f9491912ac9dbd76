import { expect, it } from 'vitest';
import { callEngine } from '../../playground/engine/api.ts';
import { bed, container, describeWithEngine, uniqueName } from '../bed/bed.ts';
import { publishBuilt, publishImage } from '../bed/publish.ts';
import { serveReceiver } from '../changes/servers/serve.ts';
import { cli } from '../cli/cli.ts';
import { freePort, scene } from './harness.ts';
import { formsOf, linesAfter, linesBefore, MARKERS as M } from './markers.ts';
import { SHAPE } from './shapes/shape.ts';
import { says } from './story.ts';

const CHANNEL = 'C0STAGING';
const seen = { channel: CHANNEL, as: 'U0OPS1' };
const COMMANDS = `images, ps, logs, why, stats, inspect, top, port, diff, slim, df, events, tags, registries, login-check,
      pull, audit, deploy, history, deployments, lock, unlock, run, exec, start, cp-out, grant`;

/** Refuses everything, with what it was given and a token of its own in the answer. */
const refusing = (token: string, challenge: string) =>
  serveReceiver(({ headers }) => {
    const given = String(headers.authorization);
    const message = `bad access_token=${token}; got ${given} = ${Buffer.from(given.slice(6), 'base64').toString()}`;
    const json = { errors: [{ code: 'DENIED', message }] };
    return { status: 401, headers: { 'www-authenticate': challenge }, json };
  });

describeWithEngine('a secret of each kind', () => {
  it('is in nothing that leaves the process', async () => {
    const socket = bed().sockets[0] ?? '';
    const { registry } = bed();
    const repository = `fairlead/${uniqueName('marks')}`;
    await publishImage(socket, registry, `${repository}:1.0.0`, [
      `ENV API_PASSWORD=${M.imageVariable}`,
      `LABEL deploy.token=${M.label}`,
      `CMD ["sh", "-c", "trap 'exit 0' TERM; echo password=${M.output}; sleep 3600 & wait", "--password=${M.argument}"]`,
    ]);
    await publishBuilt(socket, registry, `${repository}:2.0.0`, {
      dockerfile: `FROM busybox:1.0
ARG NPM_TOKEN
ARG DB_PASSWORD=${M.buildArgument}
ENV API_PASSWORD=${M.imageVariable}
RUN echo "$NPM_TOKEN" > /tmp/.npmrc && echo 'Authorization: Bearer ${M.buildStep}' > /tmp/h; rm /tmp/h
`,
      args: { NPM_TOKEN: M.buildArgument },
    });
    await using tokens = await refusing(M.realmBody, 'Basic realm="x"');
    const challenge = `Bearer realm="${tokens.url}/token?access_token=${M.realmBody}",service="s"`;
    await using realm = await refusing(M.registryBody, challenge);
    await using basic = await refusing(M.registryBody, 'Basic realm="x"');
    await using api = await serveReceiver(({ headers, text }) => ({
      status: 401,
      json: { message: `bad ${headers.authorization}`, token: String(headers.authorization).slice(7), given: text },
    }));
    await using hook = await serveReceiver(({ path }) => ({
      status: 500,
      json: { error: `${path} secret=${M.hookBody}` },
    }));
    await using collector = await serveReceiver(() => ({ status: 400, json: { message: `token=${M.collector}` } }));
    const service = uniqueName('marked');
    // Of several processes on one machine only one could listen there.
    const status = SHAPE === 'one' ? await freePort() : undefined;
    const hosts = [realm, basic].map(({ url }) => new URL(url).host);
    await using it = await scene({
      env: {
        LOG_LEVEL: 'debug',
        MK_REGISTRY: M.registry,
        MK_HOOK: `${hook.url}/services/T0/B0/${M.hookPath}`,
        MK_QUERY: M.hookPath,
        MK_SERVICE: M.service,
        ...(status === undefined ? {} : { FAIRLEAD_STATUS_LISTEN: String(status) }),
        OTEL_EXPORTER_OTLP_ENDPOINT: collector.url.replace('//', `//fairlead:${M.collectorAccount}@`),
        MK_PAGER: M.pager,
        MK_GRAFANA: M.grafana,
        MK_GITHUB: M.github,
        OTEL_EXPORTER_OTLP_HEADERS: `authorization=Bearer%20${M.collector}`,
      },
      config: `
slack: { team: T0FAIRLEAD, app: A0FAIRLEAD }
hosts: { staging-1: { url: "unix://${socket}" } }
registries:
  "${registry.host}": { username: ${registry.username}, password: "\${REGISTRY_PASSWORD}" }
${hosts.map((host) => `  "${host}": { username: bot, password: "\${MK_REGISTRY}" }`).join('\n')}
budget: { commands: 10000, per: 1m }
groups: { oncall: { people: [U0OPS1] } }
roles:
  all: { commands: [${COMMANDS}], exec: [ { commands: [ env, "cat ...", "sh ...", "echo ...", "/none" ], env: ["*"] } ] }
channels: { ${CHANNEL}: { grants: [ { role: all, hosts: all } ] } }
approvals: [ { commands: [deploy, grant], hosts: all, from: [oncall] } ]
services:
  ${service}:
    image: ${registry.host}/${repository}
    hosts: all
    container: { name: ${service}, memory: 32m, environment: { DB_PASSWORD: "\${MK_SERVICE}", SETTING: ${M.variableByLooks} } }
    rollout: { stableFor: 0.3s }
changes:
  receivers:
    hook: { kind: webhook, url: "\${MK_HOOK}" }
    pager: { kind: pagerduty, url: "${api.url}", routingKey: "\${MK_PAGER}" }
    grafana: { kind: grafana, url: "${api.url}", token: "\${MK_GRAFANA}" }
    github: { kind: github, url: "${api.url}", token: "\${MK_GITHUB}", repositories: { ${service}: acme/shop } }
    query: { kind: webhook, url: "${hook.url}/x?token=\${MK_QUERY}" }
`,
    });
    const env = [`DB_PASSWORD=${M.variableByName}`, `SETTING=${M.variableByLooks}`];
    const script = `echo password=${M.output}; echo "$DB_PASSWORD" | tee /conf; sleep 600`;
    await using shop = await container(socket, {
      ...{ cmd: ['sh', '-c', script, `--password=${M.argument}`], env, labels: { 'deploy.token': M.label } },
    });
    await using broken = await container(socket, { cmd: [`/none --password=${M.engineError}`], start: false, env });
    const type = (text: string) => it.slack.type({ person: 'U0DEV1', channel: CHANNEL, text });
    const image = `${registry.host}/${repository}`;
    const [first = '', second = ''] = hosts;
    const told = { shop: shop.name, broken: broken.name, service, image, realm: first, basic: second };
    for (const line of linesBefore(told)) await type(line);
    await it.slack.openHome({ person: 'U0DEV1' });
    const card = await it.slack.waitFor(says('asks to deploy', 'Approve'), seen);
    await it.slack.click({ person: 'U0OPS1', message: card, label: 'Approve' });
    await it.slack.waitFor(says('is deployed on'), seen);
    for (const line of linesAfter(service)) await type(line);
    await Promise.all([hook.came(2), api.came(6)]);
    const lines = [`inspect ${shop.name} --json`, `exec ${shop.name} env`];
    const typed = lines.map((line) => ['run', line, '--as', 'U0DEV1', '--in', CHANNEL]);
    const ran = await Promise.all([['check'], ...typed].map((args) => cli(args, it.env, it.folder)));
    const out = [
      ...it.slack.requests.map((request) => `Slack: ${JSON.stringify(request)}`),
      ...[CHANNEL, 'D0DEV1'].flatMap((channel) =>
        it.slack
          .messages({ channel, as: 'U0DEV1' })
          .filter(({ author }) => author !== 'U0DEV1')
          .map((message) => `message: ${JSON.stringify(message)}`),
      ),
      `home: ${JSON.stringify(it.slack.home({ person: 'U0DEV1' }))}`,
      ...[...hook.asked, ...collector.asked].map(({ text }) => `sent: ${text}`),
      ...it.log().split('\n'),
      ...ran.flatMap((one) => one.out.split('\n')),
      ...(status === undefined ? [] : (await (await fetch(`http://127.0.0.1:${status}/metrics`)).text()).split('\n')),
      ...(await it.stored()).split('\n').map((text) => `stored: ${text}`),
    ];
    await callEngine(socket, 'DELETE', `/containers/${service}?force=true`);

    const { FAIRLEAD_TOTP_KEY = '', FAIRLEAD_RECORD_KEY = '' } = it.env;
    const secrets = { ...M, ...it.slack.tokens, push: registry.password, FAIRLEAD_TOTP_KEY, FAIRLEAD_RECORD_KEY };
    const found = Object.entries(secrets).flatMap(([name, value]) =>
      formsOf(value).flatMap((form) =>
        out.flatMap((text) => {
          const at = text.indexOf(form);
          return at < 0
            ? []
            : [`${name} as ${form}: ${text.slice(0, 20)} … ${text.slice(Math.max(0, at - 200), at + 100)}`];
        }),
      ),
    );
    expect(found).toEqual([]);
    expect(ran[0]?.out).toContain('github (github): 127');
    // Functions send no traces.
    if (SHAPE !== 'lambda') expect(collector.asked.length).toBeGreaterThan(0);
    expect(out.filter((text) => text.startsWith('stored: ')).length).toBeGreaterThan(1);
  }, 240_000);
});
