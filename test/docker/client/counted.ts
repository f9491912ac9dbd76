import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** A pipe to a port of this machine that counts the connections made through it and those that are open, and can be cut. */
export async function counted(
  port: number,
): Promise<{ readonly port: number; connections(): number; open(): number; cut(): void }> {
  let connections = 0;
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    connections += 1;
    const onward = connect(port, '127.0.0.1');
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    for (const [from, to] of [
      [socket, onward],
      [onward, socket],
    ] as const) {
      from.on('error', () => {}).on('close', () => to.destroy());
      from.pipe(to);
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const address = server.address();
  return {
    port: address !== null && typeof address === 'object' ? address.port : 0,
    connections: () => connections,
    open: () => sockets.size,
    cut() {
      for (const socket of sockets) socket.destroy();
    },
  };
}
