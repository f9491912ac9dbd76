/**
 * Values whose shape says what they are when the name of their service stands before them: `algolia: <32 letters and
 * digits>`. Made by hand from the rules of gitleaks 8.30; its notice is in tokens.ts.
 */
const BY_SERVICE: ReadonlyMap<string, RegExp> = new Map(
  Object.entries({
    adafruit: /^[a-z0-9_-]{32}$/iu,
    adobe: /^[a-f0-9]{32}$/iu,
    airtable: /^(?:[a-z0-9]{17}|pat[a-z0-9]{14}\.[a-f0-9]{64})$/iu,
    algolia: /^[a-z0-9]{32}$/iu,
    alibaba: /^[a-z0-9]{30}$/iu,
    asana: /^(?:[0-9]{16}|[a-z0-9]{32})$/iu,
    atlassian: /^[a-z0-9]{24}$/iu,
    confluence: /^[a-z0-9]{24}$/iu,
    jira: /^[a-z0-9]{24}$/iu,
    beamer: /^b_[a-z0-9=_-]{44}$/iu,
    bitbucket: /^(?:[a-z0-9]{32}|[a-z0-9=_-]{64})$/iu,
    bittrex: /^[a-z0-9]{32}$/iu,
    meraki: /^[0-9a-f]{40}$/iu,
    cloudflare: /^(?:[a-z0-9_-]{40}|[a-f0-9]{37})$/iu,
    codecov: /^[a-z0-9]{32}$/iu,
    cohere: /^[a-z0-9]{40}$/iu,
    coinbase: /^[a-z0-9_-]{64}$/iu,
    confluent: /^(?:[a-z0-9]{16}|[a-z0-9]{64})$/iu,
    contentful: /^[a-z0-9=_-]{43}$/iu,
    datadog: /^(?:[a-z0-9]{32}|[a-z0-9]{40})$/iu,
    discord: /^(?:[a-f0-9]{64}|[0-9]{18}|[a-z0-9=_-]{32})$/iu,
    droneci: /^[a-z0-9]{32}$/iu,
    dropbox: /^(?:[a-z0-9]{15}|[a-z0-9]{11}AAAAAAAAAA[a-z0-9_=-]{43}|sl\.[a-z0-9=_-]{100,200})$/iu,
    etsy: /^[a-z0-9]{24}$/iu,
    facebook: /^(?:[a-f0-9]{32}|[0-9]{15,16}[|%][0-9a-z_-]{27,42})$/iu,
    fastly: /^[a-z0-9=_-]{32}$/iu,
    finicity: /^(?:[a-f0-9]{32}|[a-z0-9]{20})$/iu,
    finnhub: /^[a-z0-9]{20}$/iu,
    flickr: /^[a-z0-9]{32}$/iu,
    freshbooks: /^[a-z0-9]{64}$/iu,
    gitter: /^[a-z0-9_-]{40}$/iu,
    gocardless: /^live_[a-z0-9_=-]{40}$/iu,
    heroku: /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/iu,
    honeycomb: /^(?:[a-z0-9]{22}|[a-z0-9]{32}|hc[abeimn][a-z0-9_]{20,70})$/iu,
    hubspot: /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/iu,
    intercom: /^[a-z0-9=_-]{60}$/iu,
    jfrog: /^(?:[a-z0-9]{64}|[a-z0-9]{73})$/iu,
    artifactory: /^(?:[a-z0-9]{64}|[a-z0-9]{73})$/iu,
    kraken: /^[a-z0-9/=_+-]{80,90}$/iu,
    kucoin: /^(?:[a-f0-9]{24}|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$/iu,
    launchdarkly:
      /^(?:[a-z0-9=_-]{40}|(?:sdk|mob|api)-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$/iu,
    linear: /^[a-f0-9]{32}$/iu,
    linkedin: /^(?:[a-z0-9]{14}|[a-z0-9]{16})$/iu,
    lob: /^(?:live|test)_(?:pub_)?[a-f0-9]{31,35}$/iu,
    looker: /^(?:[a-z0-9]{20}|[a-z0-9]{24})$/iu,
    mailchimp: /^[a-f0-9]{32}-us\d\d?$/iu,
    mailgun: /^(?:(?:pub)?key-[a-f0-9]{32}|[a-h0-9]{32}-[a-h0-9]{8}-[a-h0-9]{8})$/iu,
    mapbox: /^[ps]k\.[a-z0-9]{40,90}\.[a-z0-9_-]{22}$/iu,
    mattermost: /^[a-z0-9]{26}$/iu,
    messagebird: /^(?:[a-z0-9]{25}|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$/iu,
    netlify: /^[a-z0-9=_-]{40,46}$/iu,
    newrelic: /^(?:[a-z0-9]{40}|[a-z0-9]{64})$/iu,
    nytimes: /^[a-z0-9=_-]{32}$/iu,
    okta: /^00[a-z0-9_=-]{40}$/iu,
    pagerduty: /^(?:[a-f0-9]{32}|[a-z0-9_+-]{20})$/iu,
    plaid: /^(?:access-(?:sandbox|development|production)-[0-9a-f-]{36}|[a-z0-9]{24}|[a-z0-9]{30})$/iu,
    privateai: /^[a-z0-9]{32}$/iu,
    rapidapi: /^[a-z0-9_-]{50}$/iu,
    sendbird: /^(?:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[a-f0-9]{40})$/iu,
    sentry: /^[a-f0-9]{64}$/iu,
    contribsys: /^[a-f0-9]{8}:[a-f0-9]{8}$/iu,
    snyk: /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/iu,
    sonar: /^[a-z0-9=_-]{40}$/iu,
    sourcegraph: /^[a-f0-9]{40}$/iu,
    squarespace: /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/iu,
    sumo: /^(?:su[a-z0-9]{12}|[a-z0-9]{64})$/iu,
    telegram: /^[0-9]{5,16}:A[a-z0-9_-]{34}$/iu,
    travis: /^[a-z0-9]{22}$/iu,
    twilio: /^[a-f0-9]{32}$/iu,
    twitch: /^[a-z0-9]{30}$/iu,
    twitter: /^(?:[a-z0-9]{25}|[a-z0-9]{45}|[a-z0-9]{50}|[0-9]{15,25}-[a-z0-9]{20,40}|A{22}[a-z0-9%]{80,100})$/iu,
    vault: /^s\.[a-z0-9]{24}$/iu,
    yandex: /^t1\.[a-z0-9_-]{1,500}=?=?\.[a-z0-9_-]{86}=?=?$/iu,
    zendesk: /^[a-z0-9]{40}$/iu,
  }),
);

export const SERVICES: readonly string[] = [...BY_SERVICE.keys()];

/** Whether a value has the shape of a secret of the services that are named, in letters only, before it. */
export function isOfService(name: string, value: string): boolean {
  // Every shape has a digit in practice, and most words and host names have none.
  if (value.length < 14 || !/\d/u.test(value)) return false;
  for (const [service, shape] of BY_SERVICE) if (name.includes(service) && shape.test(value)) return true;
  return false;
}
