import { z } from 'zod';
import { Malformed, parseStrictly } from './json.ts';

const SUBJECTS = 1000;

const Statement = z.lazy(() =>
  z.looseObject({
    _type: z.enum(['https://in-toto.io/Statement/v1', 'https://in-toto.io/Statement/v0.1']),
    subject: z
      .array(z.looseObject({ digest: z.record(z.string(), z.string()) }))
      .min(1)
      .max(SUBJECTS),
    predicateType: z.string().max(300),
    predicate: z.unknown(),
  }),
);

/** As cosign 2 signs images: "simple signing". */
const Simple = z.lazy(() =>
  z.looseObject({
    critical: z.looseObject({
      image: z.looseObject({ 'docker-manifest-digest': z.string() }),
      type: z.literal('cosign container image signature'),
    }),
  }),
);

/** A predicate that says that its signer made or released the image. Others (a scan, a bill of materials) say nothing like it. */
const SIGNS = 'https://sigstore.dev/cosign/sign/v1';
export const PROVENANCE: readonly string[] = ['https://slsa.dev/provenance/v1', 'https://slsa.dev/provenance/v0.2'];

/** What was signed: which digests it is about, and how they were built where it says that. */
export interface Claim {
  /** `sha256:` and 64 hex digits each; others are left out. */
  readonly digests: readonly string[];
  readonly provenance: { readonly type: string; readonly predicate: unknown } | undefined;
}

/** Reads a signed in-toto statement. Rejects with `Malformed` when it is none, or says something else than that an image is its signer's. */
export async function readStatement(payload: Uint8Array): Promise<Claim> {
  const {
    subject,
    predicateType: type,
    predicate,
  } = readAnyStatement(await parseStrictly(payload, 'the signed statement'));
  const isProvenance = PROVENANCE.includes(type);
  if (!isProvenance && type !== SIGNS)
    throw new Malformed(
      `it says something else about the image than that it is signed: \`${shown(type)}\``,
      'other_claim',
    );
  return {
    digests: subject.flatMap(({ digest }) =>
      digestOf(Object.hasOwn(digest, 'sha256') ? `sha256:${digest['sha256']}` : ''),
    ),
    provenance: isProvenance ? { type, predicate } : undefined,
  };
}

/** An in-toto statement, whatever it says. Throws `Malformed` for what is none. */
export function readAnyStatement(json: unknown): z.infer<typeof Statement> {
  const read = Statement.safeParse(json);
  if (!read.success) throw new Malformed('it is not an in-toto statement');
  return read.data;
}

/** The same of cosign 2's payload. */
export async function readSimple(payload: Uint8Array): Promise<Claim> {
  const read = Simple.safeParse(await parseStrictly(payload, 'the signed payload'));
  if (!read.success) throw new Malformed('what is signed is not a signature of an image');
  return { digests: digestOf(read.data.critical.image['docker-manifest-digest']), provenance: undefined };
}

const digestOf = (text: string) => (/^sha256:[0-9a-f]{64}$/u.test(text) ? [text] : []);

/** A stranger's words within backticks. */
export function shown(text: string): string {
  const clean = text.replace(/[^!-~ ]/gu, '�').replaceAll('`', "'");
  return clean.length > 200 ? `${clean.slice(0, 199)}…` : clean;
}
