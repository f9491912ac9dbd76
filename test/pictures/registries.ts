import type { LoginCheckResult } from '../../src/handlers/registries/login-check.ts';
import type { RegistriesResult } from '../../src/handlers/registries/registries.ts';
import type { RegistryRow } from '../../src/handlers/registries/row.ts';
import { type Picture, timed } from './fixtures.ts';

const row = (registry: string, more: Partial<RegistryRow> = {}): RegistryRow => ({
  registry,
  kind: 'distribution',
  ms: 41,
  tls: "61 d left, Let's Encrypt",
  clock: 'in step',
  login: 'works',
  limit: '',
  problems: [],
  warnings: [],
  ...more,
});

const registries: RegistriesResult = {
  ...timed,
  rows: [
    row('harbor.example.com', {
      kind: 'harbor 2.16.0',
      login: 'works, push refused',
      tls: '9 d left, Acme Internal CA',
      problems: [
        {
          id: 'push-login-refused',
          what: 'harbor.example.com does not accept the account for pushing.',
          tryThis:
            'Check username and password under registries.harbor.example.com.push. A robot account may be disabled or expired.',
        },
        {
          id: 'certificate-ends',
          what: 'The certificate of harbor.example.com ends in 9 days.',
          tryThis: 'Renew it on the registry; hosts and Fairlead refuse it afterwards.',
        },
      ],
      warnings: ['robot accounts without an end are removed on 1 January'],
    }),
    row('nexus.internal:8443', {
      kind: '',
      ms: undefined,
      tls: '',
      clock: '',
      login: '',
      problems: [
        {
          id: 'unreachable',
          what: 'nexus.internal:8443: its certificate is signed by a CA that Fairlead does not know.',
          tryThis: 'For a private CA, name its file as ca under registries.nexus.internal:8443.',
        },
      ],
    }),
    row('docker.io', { kind: 'dockerhub', limit: '87 of 100 left', login: 'anonymous', ms: 112 }),
    row('10.0.0.6:5000', { tls: 'plain http', login: 'anonymous', ms: 3 }),
  ],
};

const works = (from: string, registry: string) =>
  ({ from, registry, outcome: 'works', fault: '', failure: undefined }) as const;

const failed: LoginCheckResult = {
  ...timed,
  registries: ['harbor.example.com', '10.0.0.6:5000'],
  hosts: ['web-1', 'web-2'],
  checks: [
    {
      registry: '10.0.0.6:5000',
      from: 'web-2',
      outcome: 'failed',
      fault: 'insecure_registry',
      failure: {
        host: 'web-2',
        summary: '10.0.0.6:5000 serves plain HTTP, and the engine requires HTTPS.',
        engineSaid: 'Get "https://10.0.0.6:5000/v2/": http: server gave HTTP response to HTTPS client',
        fromEngine: true,
        tryThis:
          'Give the registry TLS. Otherwise, on web-2, put `"insecure-registries": ["10.0.0.6:5000"]` into /etc/docker/daemon.json, then run: systemctl reload docker',
      },
    },
    works('Fairlead', 'harbor.example.com'),
    { ...works('Fairlead', '10.0.0.6:5000'), outcome: 'anonymous' },
    works('web-1', 'harbor.example.com'),
    { ...works('web-1', '10.0.0.6:5000'), outcome: 'anonymous' },
    works('web-2', 'harbor.example.com'),
  ],
};

export const REGISTRIES: readonly Picture[] = [
  { name: 'registries', command: 'registries', result: registries },
  { name: 'login-check', command: 'login-check', result: failed },
  {
    name: 'login-check-works',
    command: 'login-check',
    result: {
      ...failed,
      registries: ['harbor.example.com'],
      checks: [works('Fairlead', 'harbor.example.com'), works('web-1', 'harbor.example.com')],
    },
  },
];
