import { randomUUID } from 'node:crypto';
import { SPECS } from '../../src/commands/index.ts';

export const PROD = 'vault-9';
export const OPEN = '01KB0000000000000000000001';
export const COMMANDS = SPECS.filter(({ access }) => access === 'granted').map(({ name }) => name);

/** What Slack's own clients never offer this person, in whatever field a form has. */
export const VALUES = {
  service: { 'form-service': { selected_option: { value: 'bank' } } },
  'version-x': { version: { value: '7.7.8' } },
  'hosts-x': { hosts: { selected_options: [{ value: PROD }] } },
  reason: { reason: { value: 'why' } },
  code: { code: { value: '123456' } },
  containers: {
    containers: { selected_option: { value: `till-web@${PROD}` }, selected_options: [{ value: `till-web@${PROD}` }] },
  },
  command: { command: { value: 'ls /' } },
  image: { image: { value: 'registry.test/bank:7.7.8' } },
  name: { name: { value: 'till-web' } },
  memory: { memory: { value: '64m' } },
  text: { text: { value: 'FROM scratch' } },
  extra: { extra: { value: 'a block no form has' } },
};
/** Names of production that nothing posted has in it, and what says that a post was not answered. */
export const UNTOLD = /vault-8|mint|coin-web|purse-web|7\.7\.7|1\.4\.0|not answered/u;
/** Lines that a forged form says it is for. */
export const FORGED = [
  'exec',
  `exec --on ${PROD}`,
  `run --on ${PROD}`,
  `stop @${PROD}`,
  `dock reject ${OPEN}`,
  `dock lint`,
  '',
];
/** Values of buttons that were on nobody's message, or on somebody else's. */
export const PRESSED = [
  ...COMMANDS.map((name) => `/${name} till-web @${PROD}`),
  ...['approve', 'reject', 'abort', 'continue', 'plan', 'sign'].map((name) => `/dock ${name} ${OPEN}`),
  ...[`/deploy bank 7.7.8`, `/dock unlock bank --of ${randomUUID()}`, `/dock unfollow ${OPEN}`, `/images @${PROD}`],
];
