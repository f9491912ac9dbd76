import { z } from 'zod';
import { HOST_NAME } from '../domain/selector.ts';
import { Label } from './words.ts';

export const HostName = z.string().regex(HOST_NAME, 'must be lower case letters, digits, dots and hyphens');

export const Host = z
  .strictObject({
    url: z
      .string()
      .regex(
        /^(?:unix:\/\/\/.+|tcp:\/\/.+:\d+|ssh:\/\/[^@/]+@.+)$/u,
        'must be unix:///path, tcp://host:port or ssh://user@host',
      )
      .meta({
        description: 'Where the engine is: unix:///path, tcp://host:port or ssh://user@host[:port][/path/of/the.sock]',
      }),
    tls: z
      .strictObject({ ca: z.string(), cert: z.string(), key: z.string() })
      .optional()
      .meta({ description: 'Files for tcp://, relative to this file' }),
    knownHosts: z
      .string()
      .optional()
      .meta({ description: 'File with the pinned key of an ssh:// host; without it the host is refused' }),
    identity: z.string().optional().meta({ description: 'Private key file for ssh://; default: the SSH agent' }),
    insecure: z
      .literal(true)
      .optional()
      .meta({ description: 'Allow tcp:// without TLS: anyone who reaches that port is root on the host' }),
    labels: z.record(Label, Label).default({}).meta({ description: 'What selectors match: { env: prod }' }),
  })
  .superRefine((host, context) => {
    const issue = (message: string) => context.addIssue({ code: 'custom', path: ['url'], message });
    if (host.url.startsWith('ssh://') && host.knownHosts === undefined)
      issue('an ssh host needs knownHosts: the file its key is pinned in');
    if (host.url.startsWith('tcp://') && !host.tls && !host.insecure) issue('a tcp host needs tls (ca, cert, key)');
    if (!host.url.startsWith('tcp://') && host.tls) issue('tls belongs to tcp:// hosts');
    const [, scheme, user, password] = /^(tcp|ssh):\/\/([^:@]*)(:[^@]*)?@/u.exec(host.url) ?? [];
    // An engine knows no accounts: who may use it is said by certificates, or by a proxy before it.
    if (scheme === 'tcp' && user !== undefined)
      issue('must have no account in it: a tcp host takes tls (ca, cert, key)');
    else if (scheme === 'ssh' && password !== undefined)
      issue('must have no password in it: use identity, or the SSH agent');
    else if (!host.url.startsWith('unix://') && !URL.canParse(host.url)) issue('is no address');
  });
export type HostConfig = z.infer<typeof Host>;
