import { commandLine, type Phrase, phrase } from '../../domain/phrase.ts';
import { explain } from '../client/cause.ts';
import { EngineError } from '../client/engine-error.ts';
import { StepFailed } from './context.ts';

/** An engine's refusal as a failed step, with advice by its message; other errors stay as they are. */
export function stepFailure(what: string, error: unknown, host: string, own?: string): unknown {
  if (!(error instanceof EngineError) || error.status === undefined) return error;
  const { tryThis } = explain(error, { host });
  return new StepFailed(`${what}: ${endOnce(error.engineSaid)}`, own ?? advice(error.engineSaid) ?? tryThis, {
    cause: error,
  });
}

export const endOnce = (text: string) => `${text.replace(/(?<![.\s])[.\s]+$/u, '')}.`;

const ADVICE: readonly (readonly [RegExp, Phrase])[] = [
  [/executable file not found/iu, 'The command is not in the image: check command and entrypoint.'],
  [/permission denied/iu, 'The user may not execute the command or a mounted file.'],
  [/bind source path does not exist|not a directory/iu, 'Check the mounted paths on the host.'],
  [/no matching entries in passwd/iu, 'The user is not in the image: check user.'],
  [/memory limit/iu, 'Check memory and swap.'],
  [/Range of CPUs/iu, 'The host has fewer CPUs: check cpus.'],
  [/network .{0,300} not found/iu, 'Create the network on the host first.'],
  [
    /is already in use by container/iu,
    phrase`Another rollout is under way, or one was never finished: see ${commandLine('ps -a')}.`,
  ],
];

function advice(words: string): Phrase | undefined {
  return ADVICE.find(([pattern]) => pattern.test(words))?.[1];
}
