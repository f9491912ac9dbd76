/** A secret of each kind, in letters that programs escape where that kind may have them. */
export const MARKERS = {
  variableByName: 'mk1"Env/näme&9x z',
  variableByLooks: 'Zk3vQ9xT7bLmN2pR8sWd',
  label: 'mkLabel7Token9xQ',
  argument: 'mkArgum7Pass',
  registry: 'mkRegis7"Pass/&x',
  given: 'mkGiven7é/"x',
  givenToExec: 'mkExec7Given',
  output: 'mkOutput7pass',
  imageVariable: 'mkImage7env',
  engineError: 'mkEngine7err',
  registryBody: 'mkBody7token8a',
  realmBody: 'mkRealm7token8a',
  hookPath: 'mkHook7Path8token',
  hookBody: 'mkHook7Body8token',
  service: 'mkServ7"value',
  collector: 'mkOtel7header',
  collectorAccount: 'mkOtel7Account8pw',
  pager: 'mkPager7key8'.padEnd(32, '0'),
  grafana: 'mkGrafana7token',
  github: 'mkGithub7token',
  buildArgument: 'mkBuild7argument',
  buildStep: 'mkBuild7step8token',
};

/** How programs write a value: in JSON, in addresses, in hex, in base64 at any place of a longer text. */
export function formsOf(value: string): string[] {
  const json = JSON.stringify(value).slice(1, -1);
  const ascii = json.replace(/[\u007f-\uffff]/gu, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
  const coded = [0, 1, 2].map((offset) => {
    const text = Buffer.concat([Buffer.alloc(offset), Buffer.from(value)])
      .toString('base64')
      .replace(/=/gu, '');
    return text.slice(offset === 0 ? 0 : offset + 1, -2);
  });
  const twice = JSON.stringify(json).slice(1, -1);
  return [value, json, twice, ascii, encodeURIComponent(value), Buffer.from(value).toString('hex'), ...coded];
}

interface Told {
  readonly shop: string;
  readonly broken: string;
  readonly service: string;
  readonly image: string;
  /** Registries that refuse with a token in their answer: one with a realm, one without. */
  readonly realm: string;
  readonly basic: string;
}

/** Lines that are typed before the service is deployed: what shows containers, and what fails. */
export function linesBefore({ shop, broken, service, image, realm, basic }: Told): string[] {
  const { argument, givenToExec, label, given } = MARKERS;
  return [
    ...['', ' --json', ' -f "{{json .Config}}"', ' -f .Args', ' -f .Config.Labels'].map(
      (how) => `/inspect ${shop}${how}`,
    ),
    ...['/ps -a --no-trunc', `/ps -f label=deploy.token=${label}`, '/dock events --since 10m', '/dock df'],
    ...['/logs', '/top', '/stats', '/port', '/diff', '/dock why'].map((name) => `${name} ${shop}`),
    ...['env', 'cat /conf', 'sh -c "env | base64"', 'cat /proc/1/cmdline', '/none'].map(
      (what) => `/exec ${shop} ${what}`,
    ),
    ...[`/exec -e PGPASSWORD=${givenToExec} ${shop} env`, `/exec ${shop} echo --password=${argument}`],
    ...[`/exec -e A=${givenToExec}`, `/exec --nope -e A=${givenToExec}`, `/logs --password ${argument}`],
    ...[
      `/dock cp-out ${shop}:/conf`,
      `/dock start ${broken}`,
      `/dock why ${broken}`,
      '/dock login-check',
      '/dock registries',
    ],
    ...[realm, basic].flatMap((host) => [
      `/pull ${host}/devops/x:1`,
      `/dock tags ${host}/devops/x`,
      `/dock slim ${host}/d/x:1`,
    ]),
    ...[`/dock slim ${image}:1.0.0`, `/dock why ${image}:1.0.0`],
    ...[`/dock slim ${image}:2.0.0`, `/dock tags ${image}`, `/pull ${image}:2.0.0`, `/dock why ${image}:2.0.0`],
    `/run -m 32m --name ${shop}-q -l deploy.token=${label} -e A=${givenToExec} busybox:1.0 /none --password=${argument}`,
    `/dock can run -e A=${givenToExec} busybox:1.0 --password=${argument}`,
    `/dock grant exec ${shop} for 30m --reason "token: ${label}"`,
    `/lock ${service} --reason "password=${argument}"`,
    `/unlock ${service}`,
    `/deploy ${service} 1.0.0 -e 'APP_SECRET=${given}' --reason "password=${argument}"`,
  ];
}

/** Lines about the service that runs. */
export const linesAfter = (service: string): string[] => [
  ...['/inspect', '/logs', '/dock history', '/dock why'].map((name) => `${name} ${service}`),
  ...[
    `/inspect ${service} --json`,
    `/exec ${service} env`,
    '/dock deployments',
    '/dock audit',
    '/dock events --since 10m',
  ],
];
