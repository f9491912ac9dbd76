import type { ScannerConfig } from '../config/scanner.ts';
import { messageOf } from '../domain/errors.ts';
import { ScanError } from './errors.ts';
import { JsonTooLarge } from './json-elements.ts';
import { runProgram } from './program.ts';
import { programFailure } from './program-failure.ts';

/** What a scanner needs of the rest of Fairlead. */
export interface ScannerContext {
  readonly config: ScannerConfig;
  /** How the config has the registry be asked. */
  registry(name: string): RegistryAccess;
  /** Fairlead's environment, of which a scanner is given little. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

export interface RegistryAccess {
  /** For pulling. */
  readonly account?: { readonly username: string; readonly password: string } | undefined;
  /** File with the CA of its certificate. */
  readonly ca?: string | undefined;
  readonly isInsecure?: boolean;
}

/** Variables of Fairlead's environment that a scanner is given; others, and all secrets among them, are not. */
const GIVEN =
  `PATH HOME TMPDIR XDG_CACHE_HOME HTTP_PROXY HTTPS_PROXY NO_PROXY http_proxy https_proxy no_proxy SSL_CERT_FILE
  SSL_CERT_DIR TRIVY_CACHE_DIR TRIVY_DB_REPOSITORY TRIVY_JAVA_DB_REPOSITORY GRYPE_DB_CACHE_DIR GRYPE_DB_UPDATE_URL`.split(
    /\s+/u,
  );

/** One call of a scanner. */
export interface ScannerCall {
  /** `Trivy`. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** Added to the few variables that every scanner is given. */
  readonly env: Readonly<Record<string, string>>;
  readonly deadlineMs: number;
}

/** Runs a scanner and reads what it writes. Rejects with a `ScanError`. */
export async function runScanner<T>(
  call: ScannerCall,
  read: (output: AsyncIterable<Uint8Array>) => Promise<T>,
  { env }: Pick<ScannerContext, 'env'>,
  signal: AbortSignal,
): Promise<T> {
  const given = Object.fromEntries(GIVEN.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])));
  const program = { ...call, env: { ...given, ...call.env } };
  const ended = await runProgram(program, read, signal).catch((error: unknown) => {
    throw notStarted(call, error);
  });
  if (signal.aborted) throw new ScanError('stopped', 'it was stopped');
  if (ended.isLate)
    throw new ScanError('timeout', `${call.name} did not finish within ${Math.round(call.deadlineMs / 1000)} s`);
  if (ended.unread instanceof ScanError) throw ended.unread;
  if (ended.unread instanceof JsonTooLarge)
    throw new ScanError('too_large', `the answer of ${call.name} is too large: ${ended.unread.message}`);
  if (ended.exitCode !== 0) throw programFailure(call.name, ended.said, ended.exitCode);
  if (ended.value === undefined)
    throw new ScanError('invalid_answer', `the answer of ${call.name} cannot be read: ${messageOf(ended.unread)}`);
  return ended.value;
}

function notStarted({ name, command }: ScannerCall, error: unknown): ScanError {
  const { code } = error as { readonly code?: unknown };
  if (code === 'ENOENT') return new ScanError('missing', `${name} is not installed here: there is no \`${command}\``);
  if (code === 'EACCES') return new ScanError('missing', `\`${command}\` may not be run`);
  return new ScanError('failed', `${name} could not be started: ${messageOf(error)}`);
}

/** All of a small output. Rejects with a `JsonTooLarge`. */
export function readWhole(most: number): (output: AsyncIterable<Uint8Array>) => Promise<Buffer> {
  return async (output) => {
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    for await (const chunk of output) {
      bytes += chunk.length;
      if (bytes > most) throw new JsonTooLarge(`more than ${most / 1e6} MB`);
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  };
}
