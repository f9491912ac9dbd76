import { existsSync, readFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { stripTypeScriptTypes } from 'node:module';
import { join } from 'node:path';
import { PAGE_FOLDER } from '../../files.ts';

const KINDS: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  css: 'text/css; charset=utf-8',
  ts: 'text/javascript; charset=utf-8',
};

// Nothing from other origins: no scripts, no pictures, and no frame around this page.
const HEADERS = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

/**
 * Serves the page's files, read at each request, so that a reload shows a change. TypeScript is served without its
 * types.
 */
export function serveAsset(pathname: string, response: ServerResponse, session: string): boolean {
  const name = pathname === '/' ? 'index.html' : /^\/_page\/([a-z-]+(?:\/[a-z-]+)?\.(?:css|ts))$/u.exec(pathname)?.[1];
  if (name === undefined || !existsSync(join(PAGE_FOLDER, name))) return false;
  // Other sites cannot read this page, so they do not learn the session token.
  const text = readFileSync(join(PAGE_FOLDER, name), 'utf8').replace('{{session}}', session);
  const type = KINDS[name.slice(name.lastIndexOf('.') + 1)];
  response.writeHead(200, { ...HEADERS, 'content-type': type });
  response.end(name.endsWith('.ts') ? stripTypeScriptTypes(text) : text);
  return true;
}

/** Serves text that people or the app wrote: as plain text, never as a page. */
export function serveText(response: ServerResponse, type: string, text: string, downloadAs?: string): void {
  const name = downloadAs?.replace(/[^\w.-]+/gu, '_');
  response.writeHead(200, {
    ...HEADERS,
    'content-type': `${type}; charset=utf-8`,
    ...(name === undefined ? {} : { 'content-disposition': `attachment; filename="${name}"` }),
  });
  response.end(text);
}
