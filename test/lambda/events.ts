import type { IncomingHttpHeaders } from 'node:http';

/** An HTTP request as an HTTP API with a named stage gives it to a function: payload 2.0, forms in base64. */
export function httpApiEvent(headers: IncomingHttpHeaders, body: Buffer, path = '/slack/events'): object {
  const isText = headers['content-type']?.startsWith('application/json') === true;
  return {
    version: '2.0',
    routeKey: 'POST /slack/events',
    rawPath: `/prod${path}`,
    rawQueryString: '',
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)])),
    requestContext: {
      accountId: '000000000000',
      apiId: 'api',
      domainName: 'api.execute-api.eu-central-1.amazonaws.com',
      http: {
        method: 'POST',
        path: `/prod${path}`,
        protocol: 'HTTP/1.1',
        sourceIp: '127.0.0.1',
        userAgent: 'Slackbot',
      },
      requestId: 'request',
      routeKey: 'POST /slack/events',
      stage: 'prod',
      timeEpoch: Date.now(),
    },
    body: body.toString(isText ? 'utf8' : 'base64'),
    isBase64Encoded: !isText,
  };
}
