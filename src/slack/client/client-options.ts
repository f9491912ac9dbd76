import { retryAfterMs } from '../../domain/retry-after.ts';

/** Web API calls end: two retries, ten seconds each. The library's own default has no end. */
export function clientOptions(apiUrl: string | undefined) {
  return {
    timeout: 10_000,
    retryConfig: { retries: 2 },
    fetch: fetchAnswer,
    ...(apiUrl === undefined ? {} : { slackApiUrl: apiUrl }),
  };
}

/** Milliseconds until a call is made again that was refused with neither a number of seconds nor a date. */
const UNSAID_MS = 1000;
const PAGE = JSON.stringify({ ok: false, error: 'a web page instead of an answer' });

/**
 * Fetches, and mends what is not Slack's own way to answer, but that of something before it: a 429 that does not say how many
 * seconds it lasts is no error for the library then, and a page of maintenance is no error code as long as the page.
 */
async function fetchAnswer(...asked: Parameters<typeof fetch>): Promise<Response> {
  const response = await fetch(...asked);
  const { status, statusText } = response;
  const headers = new Headers(response.headers);
  if (status === 429 && !/^\d+$/u.test(headers.get('retry-after') ?? '')) {
    headers.set('retry-after', String(Math.ceil((retryAfterMs(headers) ?? UNSAID_MS) / 1000)));
    return new Response(response.body, { status, statusText, headers });
  }
  if (status !== 200 || !headers.get('content-type')?.startsWith('text/html')) return response;
  await response.body?.cancel();
  return new Response(PAGE, { status, headers: { 'content-type': 'application/json' } });
}
