import type { DeployPlan } from '../../../handlers/deploy/planning/types.ts';
import { commitPath } from '../../../proof/commit-address.ts';
import { inline } from '../../block-kit/text.ts';

type Proof = NonNullable<DeployPlan['proof']>;
type Built = NonNullable<Proof['built']>;

/** Who signed an image: `Signed by github.com/acme/shop/… (issuer …)`. */
export function signedWords({ by }: Pick<Proof, 'by'>): string {
  return by.kind === 'key'
    ? `:lock: Signed with key ${inline(by.key)}`
    : `:lock: Signed by ${inline(short(by.identity), 200)} (${inline(short(by.issuer))})`;
}

/** Who built it and from what, with a link to the commits since the running version; nothing where that is not known. */
export function builtWords({ built, before, claimed }: Proof): string[] {
  if (built) return [...buildWords(built).map((said) => `Built${said}`), ...commitsLink(built, before)];
  if (!claimed) return [];
  return buildWords(claimed).map((said) => `:grey_question: Unsigned, says the image itself: built${said}`);
}

function buildWords({ builder, repository, commit, ref }: Built): string[] {
  const from = repository === undefined ? '' : ` from ${sourceLink(repository, commit)}`;
  const at = ref === undefined ? '' : ` (${inline(ref.replace(/^refs\/(?:heads|tags)\//u, ''), 60)})`;
  const by = builder === undefined ? '' : ` by ${inline(short(builder), 200)}`;
  const said = `${by}${from}${at}`;
  return said === '' ? [] : [said];
}

/** For images that no rule covers. */
export const UNSIGNED = ':unlock: Signature not checked: no rule under `images.verify` covers this image';

const short = (address: string) => address.replace(/^https:\/\//u, '');

// Repository and commit were validated character by character: nothing in them ends a link.
function sourceLink(repository: string, commit: string | undefined): string {
  const name = short(repository).split('/').slice(1).join('/');
  const source = `<${repository}|${name}>`;
  if (commit === undefined) return source;
  const path = commitPath(repository);
  const shown = commit.slice(0, 7);
  return `${source}@${path === undefined ? shown : `<${repository}${path}/commit/${commit}|${shown}>`}`;
}

function commitsLink({ repository, commit }: Built, before: Built | undefined): string[] {
  const path = repository === undefined ? undefined : commitPath(repository);
  const isSame = before?.repository === repository && before?.commit !== undefined;
  if (path === undefined || !isSame || commit === undefined || before.commit === commit) return [];
  return [`<${repository}${path}/compare/${before.commit}...${commit}|Commits since the running version>`];
}
