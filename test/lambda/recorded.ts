import type { HttpEvent } from '../../src/entry/lambda/event.ts';

type Headers = Readonly<Record<string, string>>;
type Made = (headers: Headers, body: Buffer) => HttpEvent;

const lower = (headers: Headers) =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
const several = (headers: Headers) =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]]));

const http2: Made = (headers, body) => ({
  version: '2.0',
  routeKey: 'POST /slack/events',
  rawPath: '/prod/slack/events',
  rawQueryString: '',
  headers: { ...lower(headers), 'x-forwarded-proto': 'https', host: 'a1b2c3.execute-api.eu-central-1.amazonaws.com' },
  requestContext: {
    accountId: '000000000000',
    apiId: 'a1b2c3',
    domainName: 'a1b2c3.execute-api.eu-central-1.amazonaws.com',
    domainPrefix: 'a1b2c3',
    http: {
      method: 'POST',
      path: '/prod/slack/events',
      protocol: 'HTTP/1.1',
      sourceIp: '198.51.100.7',
      userAgent: 'Slackbot 1.0 (+https://api.slack.com/robots)',
    },
    requestId: 'JKJaXmPLvHcESHA=',
    routeKey: 'POST /slack/events',
    stage: 'prod',
    time: '28/Nov/2026:23:59:59 +0000',
    timeEpoch: 1_795_900_000_000,
  },
  body: body.toString('base64'),
  isBase64Encoded: true,
});

const rest = (body: Pick<HttpEvent, 'body' | 'isBase64Encoded'>, headers: Headers): HttpEvent => ({
  headers,
  multiValueHeaders: several(headers),
  requestContext: { elb: { targetGroupArn: 'arn:aws:elasticloadbalancing:eu-central-1:000000000000:targetgroup/x/1' } },
  httpMethod: 'POST',
  path: '/prod/slack/events',
  queryStringParameters: {},
  isBase64Encoded: body.isBase64Encoded ?? false,
  body: body.body ?? null,
});

/** The events a front may be called with, as AWS documents them: one request in each form. */
export const EVENTS: Readonly<Record<string, Made>> = {
  'an HTTP API': http2,
  'a function URL': (headers, body) => ({
    ...http2(headers, body),
    routeKey: '$default',
    rawPath: '/slack/events',
    cookies: ['a=b'],
  }),
  'a REST API with text': (headers, body) => rest({ body: body.toString('utf8'), isBase64Encoded: false }, headers),
  'a REST API with binary types': (headers, body) =>
    rest({ body: body.toString('base64'), isBase64Encoded: true }, headers),
  'a load balancer': (headers, body) => rest({ body: body.toString('base64'), isBase64Encoded: true }, lower(headers)),
  'a load balancer with multi-value headers': (headers, body) => ({
    ...rest({ body: body.toString('base64'), isBase64Encoded: true }, lower(headers)),
    headers: {},
  }),
};
