import { type Config, type Environment, receiverSecrets, recordKeys } from '../config.ts';
import { createRedactor, type Redact, secretValues } from './redact.ts';

/** A redactor that knows the secret values of the config and the environment. */
export function redactorOf(config: Config, env: Environment): Redact {
  const record = recordKeys(env);
  return createRedactor([
    ...config.secrets,
    ...[...config.registries.values()].flatMap(({ password, push }) => [password ?? [], push?.password ?? []].flat()),
    config.scanner?.token ?? '',
    ...receiverSecrets(config.changes),
    ...headerValues(env.OTEL_EXPORTER_OTLP_HEADERS),
    env.SLACK_BOT_TOKEN ?? '',
    env.SLACK_APP_TOKEN ?? '',
    env.SLACK_SIGNING_SECRET ?? '',
    env.FAIRLEAD_TOTP_KEY ?? '',
    // The password in it, as it is written and as it is meant.
    ...secretValues([`DATABASE_URL=${env.DATABASE_URL}`]),
    record.current,
    ...record.former,
  ]);
}

/** The values in `authorization=Bearer%20abc,x-team=1`. */
function headerValues(headers = ''): string[] {
  return headers.split(',').flatMap((pair) => {
    const value = pair.slice(pair.indexOf('=') + 1).trim();
    return [value, safelyDecoded(value)];
  });
}

function safelyDecoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
