import type { IncomingMessage } from 'node:http';

/**
 * Whether a request comes from this machine and, if from a browser, from this very server's page. A page from elsewhere that
 * is open in the same browser must not act here: not by a form or an image (Origin, Sec-Fetch-Site), and not by a name of its
 * own that suddenly points to the loopback (Host).
 */
export function isOwn({ headers, socket }: IncomingMessage): boolean {
  const host = headers.host ?? '';
  const own = ['127.0.0.1', 'localhost'].map((name) => `${name}:${socket.localPort}`);
  const from = headers['sec-fetch-site'];
  return (
    own.includes(host) &&
    (headers.origin === undefined || headers.origin === `http://${host}`) &&
    (from === undefined || from === 'same-origin' || from === 'none')
  );
}
