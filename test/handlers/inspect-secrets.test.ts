import { expect, it } from 'vitest';
import type { InspectResult } from '../../src/handlers/containers/inspect.ts';
import type { Request } from '../../src/handlers/request.ts';
import { createRedactor } from '../../src/policy/redact.ts';
import { plainText } from '../../src/slack/block-kit/plain.ts';
import { fakeEngine, ID, IMAGE_ID, json } from '../docker/fake-engine.ts';
import { requestOf } from '../pictures/fixtures.ts';
import { secretLines, shownOf } from '../policy/corpus/corpus.ts';
import { shownResult } from '../slack/shown.ts';
import { openDesk, resultOf } from './desk.ts';

const redact = createRedactor([]);

/** Lines whose secrets the rules find; what they miss is counted in their own test. */
const LINES = ['secrets.txt', 'secrets-held-out.txt', 'secrets-syntaxes.txt']
  .flatMap(secretLines)
  .filter(({ line, secrets }) => secrets.every((secret) => shownOf(secret, redact(line)) === undefined));

const VARIABLE = 'Xq7-kV2_mZ9pL4tR8wN3';
/** Words that are secrets only for the word before them. */
const WORDS = ['--password', 'hunter2hunter', '-e', 'TOKEN=Zk3vQ9xW2mN8bT5r'];

/** A part of an inspection with a text wherever the engine has one. */
const config = (text: string) => ({
  Image: 'shop:1',
  User: text,
  WorkingDir: text,
  Hostname: text,
  Env: [`ANYTHING=${VARIABLE}`, `LINE=${text}`, text],
  Cmd: ['sh', '-c', text, ...WORDS],
  Entrypoint: [text],
  Labels: { note: text, [text]: 'x', password: 'S3cretOfALabel', 'com.example.db-password': VARIABLE },
  Healthcheck: { Test: ['CMD-SHELL', text] },
  ExposedPorts: { '80/tcp': {} },
  Volumes: { [text]: {} },
});

const container = (text: string) => ({
  Id: ID,
  Name: '/shop',
  Created: '2026-11-28T00:00:00Z',
  Path: 'run',
  Args: [text, ...WORDS],
  Image: IMAGE_ID,
  State: {
    Status: 'exited',
    Error: text,
    Health: { Status: 'unhealthy', Log: [{ ExitCode: 1, Output: `${text}\n${VARIABLE}` }] },
  },
  Config: config(text),
  HostConfig: {
    Binds: [text],
    LogConfig: { Type: 'splunk', Config: { 'splunk-token': 'T0kenOfALogDriver', url: text } },
    PortBindings: {},
    Mounts: [{ Type: 'volume', VolumeOptions: { DriverConfig: { Options: { o: text, password: 'S3cretOfAMount' } } } }],
    Sysctls: { x: text },
  },
  Mounts: [{ Type: 'bind', Source: text, Destination: '/data', RW: true }],
  NetworkSettings: {
    Ports: {},
    Networks: { front: { IPAddress: '10.0.0.2', Aliases: [text], DriverOpts: { opt: text } } },
  },
  Unknown: { deep: [[{ list: [text, 1, null, { more: text }] }]] },
});

const OTHERS = [VARIABLE, 'hunter2hunter', 'Zk3vQ9xW2mN8bT5r', 'S3cretOfALabel', 'T0kenOfALogDriver', 'S3cretOfAMount'];
const LAYER = 'Lq8RvX3mK7tW2pZ9';

/** What every way of looking at it shows. */
const WAYS = [
  '',
  '--json',
  '--format json',
  '--format .',
  '--format "{{.}}"',
  '--format "{{json .Config}}"',
  '--format "{{range .Config.Env}}{{.}} {{end}}"',
  '--format "{{range $k, $v := .Config.Labels}}{{$k}}={{$v}} {{end}}"',
  '--format "{{join .Config.Cmd \\",\\"}} {{index .Config.Cmd 2}} {{index .Config.Cmd 4}} {{.Config.Entrypoint}}"',
];

async function everything(text: string): Promise<string> {
  await using engine = await fakeEngine({
    'GET /containers/json': json([{ Id: ID, Names: ['/shop'], Created: 0, State: 'running', Status: 'Up' }]),
    'GET /images/json': json([{ Id: IMAGE_ID, RepoTags: ['app:1'] }]),
    [`GET /containers/${ID}/json`]: json(container(text)),
    [`GET /images/${encodeURIComponent(IMAGE_ID)}/json`]: json({
      Id: IMAGE_ID,
      RepoTags: ['app:1'],
      Author: text,
      Comment: text,
      Config: config(text),
      ContainerConfig: { ...config(text), Cmd: ['/bin/sh', '-c', `#(nop)  ENV ANY=${LAYER}`] },
    }),
    [`GET /images/${encodeURIComponent(IMAGE_ID)}/history`]: json([
      { Created: 1, CreatedBy: `ENV ANY=${LAYER} OTHER="${LAYER} x"`, Size: 1 },
      { Created: 1, CreatedBy: `RUN |2 ANY=${LAYER} V=1 /bin/sh -c make # buildkit`, Size: 1 },
      { Created: 1, CreatedBy: `/bin/sh -c #(nop) ARG ANY=${LAYER}`, Size: 1 },
      { Created: 1, CreatedBy: `/bin/sh -c ${text}`, Size: 1 },
    ]),
  });
  await using desk = await openDesk({ one: engine.socketPath }, ['inspect'], { budget: { commands: 1000, per: '1s' } });
  const shown: string[] = [];
  for (const name of ['shop', 'app:1'])
    for (const way of WAYS) {
      const said = await desk.say(`/inspect ${name} ${way}`);
      const result = resultOf<InspectResult>(said);
      const request = requestOf({
        name: 'inspect',
        command: 'inspect',
        result,
        request: { line: 'inspect shop' } as Partial<Request>,
      });
      const { blocks, file, text: summary } = shownResult('inspect', result, request);
      shown.push(JSON.stringify(result), plainText(blocks), JSON.stringify(blocks), summary, file?.content ?? '');
    }
  return shown.join('\n');
}

it('shows no secret that was planted anywhere in an inspection, whatever part is asked for', async () => {
  // Several lines at once: each place holds a text of several lines.
  const groups = Array.from({ length: Math.ceil(LINES.length / 24) }, (_, at) => LINES.slice(at * 24, at * 24 + 24));
  const found: string[] = [];
  let asked = 0;
  for (const group of groups) {
    const text = await everything(group.map(({ line }) => line).join('\n'));
    asked += 1;
    for (const { rule, secrets } of group)
      for (const secret of secrets) {
        const part = shownOf(secret, text);
        if (part !== undefined) found.push(`${rule}: ${part}`);
      }
    for (const secret of [...OTHERS, LAYER]) if (text.includes(secret)) found.push(secret);
  }

  expect(asked).toBeGreaterThan(5);
  expect(found).toEqual([]);
}, 120_000);

it('shows the names of an environment, and what is no secret', async () => {
  const text = await everything('hello world');

  expect(text).toContain('ANYTHING=***');
  expect(text).toContain('80/tcp');
  expect(text).toContain('note=hello world');
  expect(text).toContain('[sh -c hello world --password *** -e TOKEN=***]');
  expect(text).toContain('V=***');
});

it('cuts no text inside a character', async () => {
  const text = await everything(`x${'🚢'.repeat(5000)}`);

  // Of half a character JSON has its number.
  expect(/\\ud[89a-f]|\ufffd/u.exec(text)?.index).toBeUndefined();
});
