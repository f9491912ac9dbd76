import { UserError } from '../../src/domain/errors.ts';
import { notVerified } from '../../src/handlers/images/verified.ts';
import type { Proof } from '../../src/proof/types.ts';
import { cardView } from '../../src/slack/views/deploy/card/card.ts';
import { refusalView } from '../../src/slack/views/parts/refusal.ts';
import { card, DIGEST, plan } from './cards.ts';
import type { Picture } from './fixtures.ts';

const IDENTITY = 'https://github.com/acme/shop/.github/workflows/release.yml@refs/tags/v1.4.0';
const ISSUER = 'https://token.actions.githubusercontent.com';
const SOURCE = { repository: 'https://github.com/acme/shop', ref: 'refs/tags/v1.4.0' };
const BUILDER = 'https://github.com/actions/runner/github-hosted';

const signedPlan = {
  ...plan,
  proof: {
    by: { kind: 'keyless', identity: IDENTITY, issuer: ISSUER } as const,
    built: { ...SOURCE, builder: BUILDER, commit: 'c0ffee12'.repeat(5) },
    before: { ...SOURCE, commit: 'badc0de1'.repeat(5) },
  },
};

type Bad = Extract<Proof, { readonly ok: false }>;
const refused = (proof: Omit<Bad, 'ok' | 'rule' | 'expected'>) => {
  const image = { registry: 'harbor.example.com', path: 'devops/shop', digest: DIGEST };
  const expected = [`A signature by key \`certs/cosign.pub\` or \`${IDENTITY}\` (issuer \`${ISSUER}\`).`];
  const error = notVerified(
    image,
    { ...proof, ok: false, rule: 'images.verify[0]', expected },
    { redact: (text) => text },
  );
  if (!(error instanceof UserError)) throw error;
  return refusalView({ kind: 'refused', reason: error.reason, text: error.phrase, hint: error.hint, choices: [] });
};

const other = {
  code: 'other_signer',
  words: `The bundle in referrer \`sha256:ab12cd34ab12…\` is by \`${IDENTITY.replace('acme', 'acme-evil')}\` (issuer \`${ISSUER}\`), who is not among the signers.`,
} as const;

export const SIGNED: readonly Picture[] = [
  {
    name: 'card-signed',
    command: 'deploy',
    result: undefined,
    message: cardView({ ...card, plan: signedPlan }),
  },
  {
    name: 'card-claimed',
    command: 'deploy',
    result: undefined,
    message: cardView({
      ...card,
      plan: {
        ...plan,
        proof: {
          by: { kind: 'key', key: 'certs/cosign.pub' },
          claimed: { ...SOURCE, builder: 'https://mobyproject.org/buildkit@v1', commit: 'c0ffee12'.repeat(5) },
        },
      },
    }),
  },
  { name: 'not-signed', command: 'pull', result: undefined, message: refused({ why: 'unsigned', found: [] }) },
  {
    name: 'signed-by-others',
    command: 'pull',
    result: undefined,
    message: refused({ why: 'refused', found: [other] }),
  },
];
