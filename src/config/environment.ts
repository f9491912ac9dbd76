import { z } from 'zod';
import { UserError } from '../errors.ts';

const Token = (prefix: string) => z.string().startsWith(prefix, `must start with ${prefix}`).optional();
export const Environment = z.object({
  SLACK_BOT_TOKEN: Token('xoxb-'),
  SLACK_APP_TOKEN: Token('xapp-'),
  SLACK_SIGNING_SECRET: z.string().min(8, 'is too short to be a signing secret').optional(),
  SLACK_API_URL: z.url('must be an address').optional(),
  FAIRLEAD_CONFIG: z.string().default('./fairlead.yml'),
  FAIRLEAD_TOTP_KEY: z
    .string()
    .regex(/^[0-9a-f]{64}$/iu, 'must be 64 hex digits: openssl rand -hex 32')
    .optional(),
  DATABASE_URL: z.string().default('file:./data/fairlead.db'),
  PORT: z.coerce.number('must be a port').int().min(0).max(65_535).default(3000),
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
});
export type Environment = z.infer<typeof Environment>;

/** Throws a `UserError` that names the variable but never shows its value. */
export function loadEnvironment(env: Readonly<Record<string, string | undefined>>): Environment {
  const present = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const result = Environment.safeParse(present);
  if (result.success) return result.data;
  throw new UserError(
    'not_configured',
    result.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`).join('\n'),
  );
}
