import { expect, it } from 'vitest';
import { bed, describeWithEngine } from '../bed/bed.ts';
import { createFakeScanner } from '../scanner/fake.ts';
import { IMAGE_SECRET, OPENSSL, shopReport } from '../scanner/reports.ts';
import { scene } from './harness.ts';
import { said, says } from './story.ts';

const config = (command: string) => {
  const { sockets, registry } = bed();
  return `
slack: { team: T0FAIRLEAD, app: A0FAIRLEAD }
hosts: { staging-1: { url: "unix://${sockets[0]}" } }
registries:
  "${registry.host}": { username: ${registry.username}, password: "\${REGISTRY_PASSWORD}" }
groups: { developers: { people: [U0DEV1] } }
roles: { viewer: { commands: [scan] } }
channels: { C0STAGING: { grants: [ { role: viewer, to: [developers], hosts: all } ] } }
scanner: { kind: trivy, command: "${command}", timeout: 20s }
`;
};

describeWithEngine('scanning with the bot as shipped', () => {
  it('answers with the worst first, and sends the whole report for a click', async () => {
    const fake = createFakeScanner('trivy');
    fake.report('*', shopReport);
    await using it = await scene({ config: config(fake.command) });
    const seen = { channel: 'C0STAGING', as: 'U0DEV1' };
    const image = `${bed().registry.host}/fairlead/shop:1.1.0`;

    await it.slack.type({ person: 'U0DEV1', channel: 'C0STAGING', text: `/scan ${image} @staging-1` });

    const answer = await it.slack.waitFor(says('1 critical', OPENSSL.id, OPENSSL.fixed ?? ''), seen);
    expect(answer.onlyFor).toBe('U0DEV1');
    expect(said(answer)).not.toContain(IMAGE_SECRET);
    await it.slack.click({ person: 'U0DEV1', message: answer, label: 'Full report' });
    const hasFile = ({ files = [] }: { readonly files?: readonly { readonly content: string }[] }) =>
      files.some(({ content }) => content.split('\n').filter((line) => line.includes('CVE-')).length === 5);
    await it.slack.waitFor(hasFile, { channel: 'D0DEV1', as: 'U0DEV1' });
    const asked = fake.calls().find(({ args }) => args[0] === 'image');
    expect(asked?.env).toMatchObject({ TRIVY_USERNAME: bed().registry.username });
    expect(JSON.stringify(asked?.env)).not.toContain('xoxb-');
  });

  it('says in one line what to do where the scanner is not there', async () => {
    await using it = await scene({ config: config('/nowhere/trivy') });
    const image = `${bed().registry.host}/fairlead/shop:1.1.0`;

    await it.slack.type({ person: 'U0DEV1', channel: 'C0STAGING', text: `/scan ${image}` });

    await it.slack.waitFor(says('Not scanned', '/nowhere/trivy', 'scanner.command'), {
      channel: 'C0STAGING',
      as: 'U0DEV1',
    });
  });
});
