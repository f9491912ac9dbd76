import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { expect, it } from 'vitest';

/** What each folder of src may import of the others; a file beside the folders counts as a folder of its name. */
const MAY_IMPORT: Readonly<Record<string, string>> = {
  text: '',
  paced: '',
  machine: '',
  telemetry: 'text',
  observe: '',
  metrics: 'observe store',
  traces: 'observe',
  status: '',
  version: '',
  domain: 'text paced',
  commands: 'domain text',
  config: 'domain commands',
  policy: 'domain text paced commands config',
  image: 'domain text paced policy',
  docker: 'domain text paced machine observe',
  registry: 'domain text paced config policy observe',
  proof: 'domain paced config registry',
  scanner: 'domain text paced config registry',
  changes: 'domain text paced config registry',
  sources: 'domain text paced config registry',
  dockerfile: 'domain text paced',
  store: 'domain text paced',
  handlers:
    'domain text paced machine telemetry commands config policy image docker registry proof scanner sources dockerfile store observe',
  worker:
    'domain text paced machine telemetry commands config policy image docker registry proof scanner changes store handlers observe',
  slack:
    'domain text paced machine telemetry commands config policy image docker registry proof scanner sources dockerfile store handlers worker observe',
  admission: 'domain commands config policy docker handlers store',
  core: 'admission domain telemetry version commands config policy image docker registry proof scanner sources store handlers worker slack observe',
  observing: 'observe telemetry version commands config metrics traces',
  'status-of-bot': 'domain telemetry docker handlers metrics status core',
  bot: 'domain telemetry observing status-of-bot config docker changes store worker slack core',
  entry:
    'admission domain text telemetry commands config policy docker store changes handlers worker slack core bot observe',
  cli: 'domain text machine telemetry version commands config policy image docker registry scanner changes store handlers worker slack core bot entry',
};

/** Each library is known to one place. */
const ONLY_IN: Readonly<Record<string, RegExp>> = {
  dockerode: /^src\/docker\//u,
  'docker-modem': /^src\/docker\//u,
  'docker-modem/lib/http.js': /^src\/docker\//u,
  'docker-modem/lib/ssh.js': /^src\/docker\//u,
  ssh2: /^src\/docker\//u,
  bottleneck: /^src\/docker\/limits\//u,
  '@slack/bolt': /^src\/(?:slack|entry|bot\.ts)/u,
  '@slack/web-api': /^src\/(?:slack|cli)\/|^src\/bot\.ts$/u,
  'dockerfile-ast': /^src\/dockerfile\//u,
  'node:sqlite': /^src\/store\//u,
  pg: /^src\/store\/postgres\//u,
  'prom-client': /^src\/metrics\//u,
  '@opentelemetry/api': /^src\/traces\//u,
  '@opentelemetry/exporter-trace-otlp-http': /^src\/traces\//u,
  '@opentelemetry/resources': /^src\/traces\//u,
  '@opentelemetry/sdk-trace': /^src\/traces\//u,
  '@sigstore/bundle': /^src\/proof\//u,
  '@sigstore/protobuf-specs': /^src\/proof\//u,
  '@sigstore/tuf': /^src\/(?:proof|cli)\//u,
  '@sigstore/verify': /^src\/proof\//u,
  aws4: /^src\/entry\/lambda\//u,
};

const imports = globSync('src/**/*.ts').flatMap((file) =>
  [...readFileSync(file, 'utf8').matchAll(/(?:from|import) '([^']+)'|import\('([^']+)'\)/gu)].map((found) => ({
    file,
    of: found[1] ?? found[2] ?? '',
  })),
);
const folderOf = (file: string) => file.split('/')[1]?.replace(/\.ts$/u, '') ?? '';

it('imports point down', () => {
  expect(imports.length).toBeGreaterThan(1000);
  const wrong = imports
    .filter(({ of }) => of.startsWith('.'))
    .map(({ file, of }) => ({ file, of: normalize(join(dirname(file), of)) }))
    .filter(({ of }) => of.startsWith('src/'))
    .filter(({ file, of }) => folderOf(file) !== folderOf(of))
    .filter(({ file, of }) => !MAY_IMPORT[folderOf(file)]?.split(' ').includes(folderOf(of)));

  expect(wrong.map(({ file, of }) => `${file} imports ${of}`)).toEqual([]);
});

it('each library is imported in one place', () => {
  const wrong = imports.filter(({ file, of }) => ONLY_IN[of]?.test(file) === false);

  expect(wrong.map(({ file, of }) => `${file} imports ${of}`)).toEqual([]);
});

/** A file of more lines is split by subject. */
const MOST_LINES = 300;

it('no file is too long to read at once', () => {
  const lengths = globSync('{src,test,playground,bench,release}/**/*.ts').map((file) => ({
    file,
    lines: readFileSync(file, 'utf8').split('\n').length - 1,
  }));

  expect(lengths.length).toBeGreaterThan(700);
  expect(lengths.filter(({ lines }) => lines > MOST_LINES)).toEqual([]);
});

it('what carries out, and what decides, writes nothing in Slack’s mark-up and names none of its commands', () => {
  const wrong = globSync('src/{docker,handlers,policy}/**/*.ts').flatMap((file) =>
    readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => /<[@#]|\/dock\b/u.test(line))
      .map((line) => `${file}: ${line.trim()}`),
  );

  expect(wrong).toEqual([]);
});
