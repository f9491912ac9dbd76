import { OneExec } from '../shapes/exec.ts';
import { Created } from '../shapes/raw.ts';
import { abortError } from './abort.ts';
import type { CallOptions } from './call-options.ts';
import { demux } from './demux.ts';
import type { Call } from './dial.ts';
import type { ExecCalls, ExecCommand } from './exec-calls.ts';
import { toEngineError } from './faults.ts';
import { pathId } from './ids.ts';
import type { Link } from './link.ts';

/** The exec calls over one link. */
export function execCalls(link: Link, { listMs }: { readonly listMs: number }): ExecCalls {
  const post = (path: string, body: object, options: CallOptions | undefined): Call => ({
    method: 'POST',
    path,
    body,
    signal: options?.signal,
    deadlineMs: listMs,
  });
  return {
    async createExec(containerId, command, options) {
      const path = `/containers/${pathId('container', containerId)}/exec`;
      return (await link.json(Created, post(path, bodyOf(command), options))).Id;
    },
    async *startExec(execId, options) {
      const path = `/exec/${pathId('exec', execId)}/start`;
      const signal = options?.signal;
      const stream = await link.stream(post(path, { Detach: false, Tty: false }, options));
      try {
        yield* demux(stream);
        // A connection that was given up may look like one that has ended.
        if (signal?.aborted) throw abortError(signal);
      } catch (error) {
        throw signal?.aborted ? abortError(signal) : toEngineError(error);
      } finally {
        stream.destroy();
      }
    },
    inspectExec: async (execId, options) =>
      link.json(OneExec, {
        method: 'GET',
        path: `/exec/${pathId('exec', execId)}/json`,
        signal: options?.signal,
        deadlineMs: listMs,
      }),
  };
}

// Never privileged, and never a terminal: its output could not be parted, and nobody here types into it.
function bodyOf({ argv, env, user, workdir }: ExecCommand): object {
  return {
    Cmd: argv,
    AttachStdin: false,
    AttachStdout: true,
    AttachStderr: true,
    Tty: false,
    Privileged: false,
    ...(env === undefined || env.length === 0 ? {} : { Env: env }),
    ...(user === undefined ? {} : { User: user }),
    ...(workdir === undefined ? {} : { WorkingDir: workdir }),
  };
}
