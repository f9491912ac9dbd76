import { createPublicKey, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { z } from 'zod';
import { messageOf } from '../domain/errors.ts';

/** Printable ASCII without blanks: identities and addresses have nothing else, and nothing invisible is compared. */
const Word = z.string().regex(/^[!-~]{1,500}$/u, 'must be 1 to 500 printable characters without blanks');

const KeySigner = z.lazy(() =>
  z.strictObject({
    key: z.string().min(1).meta({ description: 'PEM file with a public key (cosign.pub), relative to this file' }),
  }),
);

const KeylessSigner = z.lazy(() =>
  z.strictObject({
    issuer: Word.meta({
      description: 'Exactly who vouched for the identity: https://token.actions.githubusercontent.com',
    }),
    identity: Word.refine(isNarrow, {
      error:
        'must name the host and the first part of its path before any *, or the domain of a mail address: https://github.com/acme/**',
    }).meta({
      description:
        'The whole subject of the certificate: * is any text within one part of its path, ** any number of parts',
    }),
  }),
);

const Provenance = z.lazy(() =>
  z
    .strictObject({
      builder: Word.optional().meta({
        description: "Exactly the builder's id: https://github.com/actions/runner/github-hosted",
      }),
      repository: z
        .string()
        .regex(/^https:\/\/[!-~]{1,500}$/u, 'must be an https:// address')
        .optional()
        .meta({ description: 'Where the source is: https://github.com/acme/shop' }),
      branch: Word.optional().meta({ description: 'The branch it was built from: main' }),
    })
    .refine((rule) => Object.values(rule).some((one) => one !== undefined), {
      error: 'needs builder, repository or branch',
    }),
);

/** Which images must be signed, by whom, and how they must have been built. */
export const Verify = z.lazy(() =>
  z.strictObject({
    images: z
      .array(z.string().min(1))
      .min(1)
      .meta({ description: 'Patterns over registry/repository; * is one part, ** any number' }),
    signers: z
      .array(z.union([KeySigner, KeylessSigner]))
      .min(1)
      .meta({ description: 'One of them must have signed' }),
    provenance: Provenance.optional().meta({ description: 'What a signed SLSA provenance must say' }),
    trustedRoot: z.string().min(1).optional().meta({
      description: 'File with a trusted_root.json of your own Sigstore; default: the public one, which is shipped',
    }),
  }),
);
export type VerifyFile = z.infer<typeof Verify>;

export type SignerRule =
  | { readonly kind: 'key'; readonly file: string; readonly key: KeyObject }
  | { readonly kind: 'keyless'; readonly issuer: string; readonly identity: string };

/** A rule of `images.verify`, its files read. */
export interface VerifyRule {
  /** Where it is in the config: `images.verify[0]`. */
  readonly path: string;
  readonly images: readonly string[];
  readonly signers: readonly SignerRule[];
  readonly provenance: z.infer<typeof Provenance> | undefined;
  /** JSON text of the rule's own trusted root. */
  readonly trustedRoot: string | undefined;
}

/** What is wrong with a file that a rule names. */
export interface FileProblem {
  readonly path: readonly PropertyKey[];
  readonly text: string;
}

/** Reads the files of the rules; those that cannot be used are in `problems`, and no rule is then to be relied on. */
export function readRules(
  rules: readonly VerifyFile[],
  folder: string,
): { readonly rules: readonly VerifyRule[]; readonly problems: readonly FileProblem[] } {
  const problems: FileProblem[] = [];
  const attempt = <T>(path: readonly PropertyKey[], read: () => T): T[] => {
    try {
      return [read()];
    } catch (error) {
      problems.push({ path: ['images', 'verify', ...path], text: messageOf(error) });
      return [];
    }
  };
  const read = rules.map(({ images, signers, provenance, trustedRoot }, at): VerifyRule => {
    const root = trustedRoot === undefined ? [] : attempt([at, 'trustedRoot'], () => readRoot(trustedRoot, folder));
    return {
      path: `images.verify[${at}]`,
      images,
      provenance,
      trustedRoot: root[0],
      signers: signers.flatMap((signer, index): SignerRule[] =>
        'key' in signer
          ? attempt([at, 'signers', index, 'key'], () => readKey(signer.key, folder))
          : [{ kind: 'keyless', issuer: signer.issuer, identity: signer.identity }],
      ),
    };
  });
  return { rules: read, problems };
}

function readKey(file: string, folder: string): SignerRule {
  const pem = readText(file, folder);
  if (!/^-----BEGIN (?:RSA )?PUBLIC KEY-----/u.test(pem.trim()))
    throw new Error(`${file} has no public key: it must begin with -----BEGIN PUBLIC KEY-----`);
  const key = createPublicKey(pem);
  const { asymmetricKeyType: type, asymmetricKeyDetails: { modulusLength = 0 } = {} } = key;
  if (type !== 'ec' && type !== 'ed25519' && !(type === 'rsa' && modulusLength >= 2048))
    throw new Error(`${file} has a key that is not accepted: use ECDSA, Ed25519, or RSA of 2048 bits or more`);
  return { kind: 'key', file, key };
}

function readText(file: string, folder: string): string {
  try {
    return readFileSync(resolve(folder, file), 'utf8');
  } catch (error) {
    throw new Error(`the file cannot be read: ${messageOf(error)}`, { cause: error });
  }
}

function readRoot(file: string, folder: string): string {
  const text = readText(file, folder);
  const root = z
    .looseObject({ mediaType: z.string(), certificateAuthorities: z.array(z.unknown()).min(1) })
    .safeParse(JSON.parse(text));
  if (!root.success) throw new Error(`${file} is not a trusted_root.json: it names no certificate authority`);
  return text;
}

/** Whether a pattern of identities cannot match those of other organizations. */
function isNarrow(pattern: string): boolean {
  const star = pattern.indexOf('*');
  if (star < 0) return true;
  const url = /^[a-z][a-z0-9+.-]*:\/\/[^/*]+\/[^/*]+\//u.exec(pattern);
  if (url) return star >= url[0].length;
  return /^\*@[^*@/]+$/u.test(pattern);
}
