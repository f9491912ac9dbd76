import { z } from 'zod';
import { UserError } from '../domain/errors.ts';

const Token = (prefix: string) => z.string().startsWith(prefix, `must start with ${prefix}`).optional();
const HEX_KEY = /^[0-9a-f]{64}$/iu;
const A_KEY = 'must be 64 hex digits: openssl rand -hex 32';
/** A port alone is open to this machine only. IPv6 addresses are in brackets. */
function listenOn(text: string): { readonly host: string; readonly port: number } {
  const colon = text.lastIndexOf(':');
  const host = colon < 0 ? '127.0.0.1' : text.slice(0, colon).replace(/^\[(.*)\]$/u, '$1');
  return { host, port: Number(text.slice(colon + 1)) };
}

export const Environment = z.object({
  SLACK_BOT_TOKEN: Token('xoxb-'),
  SLACK_APP_TOKEN: Token('xapp-'),
  SLACK_SIGNING_SECRET: z.string().min(8, 'is too short to be a signing secret').optional(),
  SLACK_API_URL: z.url('must be an address').optional(),
  FAIRLEAD_CONFIG: z.string().default('./fairlead.yml'),
  FAIRLEAD_TOTP_KEY: z.string().regex(HEX_KEY, A_KEY).optional(),
  FAIRLEAD_RECORD_KEY: z.string().regex(HEX_KEY, A_KEY).optional(),
  FAIRLEAD_FORMER_RECORD_KEYS: z
    .string()
    .transform((text) => text.split(',').map((key) => key.trim()))
    .pipe(z.array(z.string().regex(HEX_KEY, `${A_KEY}, several with commas between them`)))
    .optional(),
  DATABASE_URL: z.string().default('file:./data/fairlead.db'),
  PORT: z.coerce.number('must be a port').int().min(0).max(65_535).default(3000),
  FAIRLEAD_STATUS_LISTEN: z
    .string()
    .regex(/^(?:[^\s/]+:)?\d{1,5}$/u, 'must be a port, or address:port')
    .transform(listenOn)
    .optional(),
  /** Read by the exporter; here since it may hold a collector's token. */
  OTEL_EXPORTER_OTLP_HEADERS: z.string().optional(),
  OTEL_EXPORTER_OTLP_ENDPOINT: z.url('must be an address').optional(),
  /** Of functions: a secret with more variables, and how jobs reach the worker. */
  FAIRLEAD_SECRETS_ARN: z.string().optional(),
  FAIRLEAD_QUEUE_URL: z.url('must be an address').optional(),
  FAIRLEAD_WORKER_FUNCTION: z.string().optional(),
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
});
export type Environment = z.infer<typeof Environment>;

/** Throws a `UserError` that names the variable but never shows its value. */
export function loadEnvironment(env: Readonly<Record<string, string | undefined>>): Environment {
  const present = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const result = Environment.safeParse(present, { jitless: true });
  if (result.success) return result.data;
  throw new UserError(
    'not_configured',
    result.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`).join('\n'),
  );
}

/** What the records are signed with. Throws a `UserError` when there is no key. */
export function recordKeys(env: Environment): { readonly current: string; readonly former: readonly string[] } {
  const { FAIRLEAD_RECORD_KEY: current, FAIRLEAD_FORMER_RECORD_KEYS: former = [] } = env;
  if (current !== undefined) return { current, former };
  throw new UserError(
    'not_configured',
    'FAIRLEAD_RECORD_KEY is not set: approvals, deployments and the audit log are signed with it.',
    'Make one with `openssl rand -hex 32`, put it into .env, away from the database, and keep it.',
  );
}
