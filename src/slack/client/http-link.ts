import { messageOf, UserError } from '../../domain/errors.ts';
import { inArrival, type Log } from '../../telemetry.ts';
import { HTTPReceiver } from './bolt.ts';
import { libraryLog } from './library-log.ts';
import type { Link } from './link.ts';

const IN_USE: Readonly<Record<string, string>> = {
  EADDRINUSE: 'Another program listens there: set PORT to another one, or end that program.',
  EACCES: 'Set PORT to 1024 or more; the lower ones are for programs of root.',
};

interface Answering {
  statusCode: number;
  end(text: string): unknown;
}

/**
 * Signed HTTP: Slack calls `/slack/events`. `/healthz` answers while the process lives, whether Slack is there or not; `/readyz`
 * says whether it does its work, and not why it does not: the port is open to the internet.
 */
export function createHttpLink(signingSecret: string, log: Log): Link {
  const healthz = {
    path: '/healthz',
    method: 'GET',
    handler: (_: unknown, response: { end(text: string): unknown }) => void response.end('ok\n'),
  };
  let failing = async (): Promise<readonly string[]> => ['starting'];
  const readyz = {
    path: '/readyz',
    method: 'GET',
    handler: (_: unknown, response: Answering) =>
      void failing().then((lines) => {
        response.statusCode = lines.length === 0 ? 200 : 503;
        response.end(lines.length === 0 ? 'ok\n' : 'not ready\n');
      }),
  };
  const receiver = new HTTPReceiver({ signingSecret, customRoutes: [healthz, readyz], logger: libraryLog(log) });
  const { requestListener } = receiver;
  receiver.requestListener = (request, response) => inArrival(() => requestListener(request, response));
  return {
    kind: 'http',
    receiver,
    async listen(port, readiness) {
      failing = readiness;
      try {
        await receiver.start(port);
      } catch (error) {
        const hint = IN_USE[(error as { code?: string }).code ?? ''];
        if (hint === undefined) throw error;
        throw new UserError('not_configured', `Port ${port} cannot be used: ${messageOf(error)}.`, hint, {
          cause: error,
        });
      }
    },
    async open() {},
    closed: () => new Promise(() => {}),
  };
}
