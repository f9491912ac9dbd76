import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';

/**
 * A load balancer in front of receivers: each request goes to the next one that accepts connections, and is never sent
 * twice. What breaks once it was sent is 502, as is a request that no receiver accepts. Resolves to its end.
 */
export async function balance(port: number, targets: readonly number[]): Promise<() => Promise<void>> {
  let turn = 0;
  const server = createServer(async (incoming, outgoing) => {
    const body = Buffer.concat(await incoming.toArray());
    turn += 1;
    const inTurn = targets.map((_, index) => targets[(turn + index) % targets.length] as number);
    pass({ incoming, outgoing, body }, inTurn);
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return async () => {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    server.closeAllConnections();
    await closed;
  };
}

interface Passing {
  readonly incoming: IncomingMessage;
  readonly outgoing: ServerResponse;
  readonly body: Buffer;
}

function pass(passing: Passing, [port, ...others]: readonly number[]): void {
  const { incoming, outgoing, body } = passing;
  if (port === undefined) return void outgoing.writeHead(502).end();
  const { url: path = '/', method = 'GET', headers } = incoming;
  const forwarded = request({ host: '127.0.0.1', port, path, method, headers, agent: false }, (answer) => {
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.once('error', () => outgoing.destroy());
    answer.pipe(outgoing);
  });
  forwarded.once('error', (error) => {
    if ((error as { code?: string }).code === 'ECONNREFUSED') return pass(passing, others);
    if (outgoing.headersSent) outgoing.destroy();
    else outgoing.writeHead(502).end();
  });
  // Slack that has given up does not want an answer.
  outgoing.once('close', () => forwarded.destroy());
  forwarded.end(body);
}
