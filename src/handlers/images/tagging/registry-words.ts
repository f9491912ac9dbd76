import type { Config } from '../../../config.ts';
import { UserError } from '../../../domain/errors.ts';
import { commandLine, type Phrase, phrase } from '../../../domain/phrase.ts';
import { familiar, type ImageReference } from '../../../domain/reference.ts';
import type { Redact } from '../../../policy/redact.ts';
import { RegistryError, type RegistryFault } from '../../../registry/errors.ts';
import { explainRegistry } from '../../../registry/explain.ts';
import { sayAccount } from '../pushing/account.ts';

/** What was asked of a registry: to read an image, or to change a tag. */
export interface AskedOf {
  readonly reference: ImageReference;
  readonly purpose: 'pull' | 'push';
  readonly config: Pick<Config, 'registries'>;
  readonly redact: Redact;
}

interface Refusal {
  readonly summary: string;
  readonly tryThis: Phrase;
}

/** What a registry refused, with the account that was used, and the next step. Its own words are shown beside them. */
export function registryWords(error: RegistryError, asked: AskedOf): Refusal {
  if (error.status === 413)
    return {
      summary: `${error.registry}, or a proxy in front of it, refused a layer as too large.`,
      tryThis: 'Have the limit of the proxy raised (client_max_body_size in nginx).',
    };
  return OWN[faultOf(error)]?.(asked) ?? explainRegistry(error);
}

/** Harbor answers 401 to an account that it knows and that may not do this. */
function faultOf({ fault, said }: RegistryError): RegistryFault {
  return fault === 'unauthorized' && /unauthorized to access repository/iu.test(said) ? 'denied' : fault;
}

const repositoryOf = (reference: ImageReference) => familiar({ ...reference, tag: undefined, digest: undefined });

/** Faults of which more can be said than that the registry refused. */
const OWN: Partial<Record<RegistryFault, (asked: AskedOf) => Refusal>> = {
  unauthorized: ({ reference, purpose, config }) => ({
    summary: `${reference.registry} rejected ${sayAccount(reference, purpose, config)}.`,
    tryThis: phrase`Check its name, password and expiry; ${commandLine(`login-check ${reference.registry}`)} tries it.`,
  }),
  denied: ({ reference, purpose, config }) => ({
    summary: `${reference.registry} does not let ${sayAccount(reference, purpose, config)} ${purpose === 'push' ? 'push to' : 'read'} \`${repositoryOf(reference)}\`.`,
    tryThis:
      purpose === 'push'
        ? `Give it permission to push there, or name another account as \`push\` under \`registries.${reference.registry}\`.`
        : 'Give it permission to read there, and check the spelling of the project.',
  }),
  not_found: ({ reference, purpose }) => ({
    summary: `${reference.registry} has no \`${familiar(reference)}\`.`,
    tryThis:
      purpose === 'push'
        ? 'Check the spelling; the project has to exist there.'
        : 'Check the spelling. An image that only a host has is tagged there, with `@host`, and then pushed.',
  }),
  immutable: ({ reference }) => ({
    summary: `${reference.registry} does not let \`${familiar(reference)}\` be overwritten: a rule there makes it immutable.`,
    tryThis: phrase`Choose the next version: ${commandLine(`tag ${familiar(reference)}`)} offers them.`,
  }),
  unsupported: ({ reference }) => ({
    summary: `${reference.registry} does not support this.`,
    tryThis: 'Pull the image on a host, tag it there with `@host`, and push it.',
  }),
};

/** Runs a call to a registry. Throws a `UserError` for what the registry refused. */
export async function orRefused<T>(asked: AskedOf, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof RegistryError)) throw error;
    const { summary, tryThis } = registryWords(error, asked);
    const said = error.said === '' ? '' : ` It says: ${asked.redact(error.said)}`;
    const reason = error.fault === 'not_found' ? 'not_found' : 'registry_refused';
    throw new UserError(reason, `${summary}${said}`, tryThis, { cause: error });
  }
}
