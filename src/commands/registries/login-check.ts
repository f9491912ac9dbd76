import { z } from 'zod';
import { commandLine, phrase } from '../../domain/phrase.ts';
import { defineCommand, field } from '../language/define.ts';

const ACCOUNT = 'Accounts are in the config, under registries; a password is never typed in chat.';

export const LoginCheckArgs = z.lazy(() =>
  z.strictObject({
    registry: field(z.string().max(300).optional(), {
      position: 1,
      description: 'A registry of the config; without one, all of them',
    }),
  }),
);
export type LoginCheckArgs = z.infer<typeof LoginCheckArgs>;

export const loginCheck = defineCommand({
  name: 'login-check',
  summary: 'Sign in to registries from Fairlead and from each host',
  slash: false,
  access: 'granted',
  effect: 'read',
  onHosts: true,
  args: LoginCheckArgs,
  examples: ['/dock login-check', '/dock login-check harbor.example.com @web-1'],
  habits: {
    'u username= p password=': ACCOUNT,
    'password-stdin': ACCOUNT,
    'q quiet': phrase`The answer is short anyway: ${commandLine('login-check')}`,
  },
});
