import { TOKEN as GITHUB_TOKEN } from '../changes/servers/github.ts';
import { TOKEN as GRAFANA_TOKEN } from '../changes/servers/grafana.ts';
import { ROUTING_KEY } from '../changes/servers/pagerduty.ts';
import { SECRET } from '../changes/servers/webhook.ts';

type Urls = Readonly<Record<'hook' | 'pager' | 'grafana' | 'github', { readonly url: string }>>;

/** The part of the config that tells one receiver of each kind of the changes of a service. */
export const receiversFor = (service: string, { hook, pager, grafana, github }: Urls): string => `
changes:
  environment: role
  receivers:
    hook: { kind: webhook, url: "${hook.url}/hook", secret: "${SECRET}" }
    pager: { kind: pagerduty, url: "${pager.url}", routingKey: ${ROUTING_KEY} }
    grafana: { kind: grafana, url: "${grafana.url}", token: ${GRAFANA_TOKEN} }
    github: { kind: github, url: "${github.url}", token: ${GITHUB_TOKEN}, repositories: { ${service}: acme/shop } }
`;
