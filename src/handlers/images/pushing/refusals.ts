import type { EngineError, EngineFault } from '../../../docker/client/engine-error.ts';
import { commandLine, type Phrase, phrase } from '../../../domain/phrase.ts';
import { canonical, familiar, type ImageReference } from '../../../domain/reference.ts';
import type { Deps } from '../../deps.ts';
import type { HostFailure } from '../../request.ts';
import { failureOn } from '../tagging/moved.ts';
import { sayAccount } from './account.ts';

type Words = (reference: ImageReference, account: string) => readonly [summary: string, tryThis: Phrase];

/** Refusals that mean something else for a push than for a pull. */
const WORDS: Partial<Record<EngineFault, Words>> = {
  auth_missing: ({ registry }) => [
    `${registry} takes no push without an account, and the config has none.`,
    `Add \`push: { username, password }\` to \`registries.${registry}\`.`,
  ],
  auth_bad: ({ registry }, account) => [
    `${registry} rejected ${account}.`,
    phrase`Check its name, password and expiry; ${commandLine(`login-check ${registry}`)} tries it.`,
  ],
  auth_forbidden: (reference, account) => [mayNotPush(reference, account), grantPush(reference)],
  auth_or_missing: (reference, account) => [mayNotPush(reference, account), grantPush(reference)],
  repository_not_found: ({ registry, path }) => [
    `${registry} has no project or repository for \`${path}\`.`,
    'Create it there first, or check the spelling.',
  ],
  tag_immutable: (reference) => [
    `${reference.registry} does not let \`${familiar(reference)}\` be replaced: a rule there makes it immutable.`,
    phrase`Push a new version: ${commandLine(`tag ${familiar(reference)}`)} offers the next ones.`,
  ],
  registry_policy: ({ registry }) => [
    `A policy of ${registry} refused the push.`,
    'Check the scan and signature rules of the project there.',
  ],
  rate_limited: ({ registry }) => [
    `${registry} limits requests, and the limit is reached.`,
    'Wait a few minutes, then push again: layers that arrived are not sent twice.',
  ],
  tag_not_found: (reference) => [
    `The host has no image \`${familiar(reference)}\` any more.`,
    phrase`${commandLine('images')} lists what there is.`,
  ],
};

const mayNotPush = (reference: ImageReference, account: string) =>
  `${reference.registry} does not let ${account} push to \`${familiar({ ...reference, tag: undefined })}\`.`;
const grantPush = ({ registry }: ImageReference) =>
  `Give it the right to push there, or another one under \`registries.${registry}.push\`. The project has to exist.`;

/** What a push did not do, in the words of a push. */
export function pushFailure(
  host: string,
  error: EngineError,
  reference: ImageReference,
  { config, redact }: Pick<Deps, 'config' | 'redact'>,
): HostFailure {
  const failure = failureOn(host, error, redact, canonical(reference));
  const words = WORDS[error.fault]?.(reference, sayAccount(reference, 'push', config));
  return words ? { ...failure, summary: redact(words[0]), tryThis: words[1] } : failure;
}
