import { pino } from 'pino';

/** Messages are constant, values are fields. */
export interface Log {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

const SECRET_FIELDS = ['token', 'password', 'authorization', 'response_url', 'responseUrl', 'secret'];

/** JSON lines on standard error, so that standard output belongs to the commands. */
export function createLog(level: string): Log {
  const paths = SECRET_FIELDS.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]);
  return pino({ level, base: null, redact: { paths, censor: '***' } }, pino.destination({ dest: 2, sync: true }));
}
