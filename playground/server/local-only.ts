import type { IncomingMessage } from 'node:http';

/**
 * Whether a request comes from this machine and, if from a browser, from this server's own page. Other pages in the
 * same browser must not act here: neither by a form or an image (Origin, Sec-Fetch-Site) nor by DNS rebinding (Host).
 * Nor is a request own whose address cannot be parsed: an upgrade to it would end the process.
 */
export function isOwn({ headers, socket, url = '' }: IncomingMessage): boolean {
  const host = headers.host ?? '';
  const own = ['127.0.0.1', 'localhost'].map((name) => `${name}:${socket.localPort}`);
  const from = headers['sec-fetch-site'];
  return (
    own.includes(host) &&
    URL.canParse(url, 'http://localhost') &&
    (headers.origin === undefined || headers.origin === `http://${host}`) &&
    (from === undefined || from === 'same-origin' || from === 'none')
  );
}
