/** Web API calls end: two retries, ten seconds each. The library's own default has no end. */
export function clientOptions(apiUrl: string | undefined) {
  return { timeout: 10_000, retryConfig: { retries: 2 }, ...(apiUrl === undefined ? {} : { slackApiUrl: apiUrl }) };
}
