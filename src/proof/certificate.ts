import type { Signer } from '@sigstore/verify';
import { Malformed } from './json.ts';
import { isCommit, repositoryOf, word } from './provenance.ts';
import type { Built } from './types.ts';

/** Extensions of Fulcio's certificates: https://github.com/sigstore/fulcio/blob/main/docs/oid-info.md */
const FULCIO = '1.3.6.1.4.1.57264.1';
const [ISSUER_V1, ISSUER, BUILD_SIGNER, REPOSITORY, COMMIT, REF] = [1, 8, 9, 12, 13, 14].map(
  (last) => `${FULCIO}.${last}`,
);
const SUBJECT_ALTERNATIVE_NAME = '2.5.29.17';

/** What a trusted authority put into a certificate. */
export interface Identity {
  readonly subject: string;
  readonly issuer: string;
  readonly built: Built | undefined;
}

/**
 * Reads a verified certificate. The library decodes names as 7-bit text, which makes others of some bytes, so they are
 * read here again. Throws `Malformed` unless it has exactly one name and one issuer, both plain text.
 */
export function identityOf({ identity }: Signer): Identity {
  const values = new Map((identity?.oids ?? []).map(({ oid, value }) => [oid?.id.join('.') ?? '', Buffer.from(value)]));
  const text = (oid: string | undefined) => word(utf8(values.get(oid ?? '')));
  const subject = word(onlyName(values.get(SUBJECT_ALTERNATIVE_NAME)));
  const issuer = text(ISSUER) ?? word(values.get(ISSUER_V1 ?? '')?.toString('latin1'));
  if (subject === undefined) throw new Malformed('its certificate does not have exactly one plain name');
  if (issuer === undefined) throw new Malformed('its certificate names no issuer');
  const repository = repositoryOf(text(REPOSITORY));
  const commit = text(COMMIT);
  const built = {
    builder: text(BUILD_SIGNER),
    repository,
    commit: commit !== undefined && isCommit(commit) ? commit : undefined,
    ref: text(REF),
  };
  return { subject, issuer, built: repository === undefined ? undefined : built };
}

/** One DER value: its tag, its bytes, and what is after it; undefined for what is cut off. */
function readDer(bytes: Buffer): { tag: number; value: Buffer; rest: Buffer } | undefined {
  const [tag, first] = bytes;
  if (tag === undefined || first === undefined) return undefined;
  const more = first < 0x80 ? 0 : first - 0x80;
  if (more > 2 || bytes.length < 2 + more) return undefined;
  const length = more === 0 ? first : bytes.readUIntBE(2, more);
  const end = 2 + more + length;
  if (bytes.length < end) return undefined;
  return { tag, value: bytes.subarray(2 + more, end), rest: bytes.subarray(end) };
}

function utf8(bytes: Buffer | undefined): string | undefined {
  const der = bytes && readDer(bytes);
  return der?.tag === 0x0c && der.rest.length === 0 ? der.value.toString('utf8') : undefined;
}

/** The address (tag 6) or mail address (tag 1) of a subjectAltName that has nothing else. */
function onlyName(bytes: Buffer | undefined): string | undefined {
  const names = bytes && readDer(bytes);
  const name = names?.tag === 0x30 && names.rest.length === 0 ? readDer(names.value) : undefined;
  if (!name || name.rest.length > 0 || (name.tag !== 0x86 && name.tag !== 0x81)) return undefined;
  return name.value.toString('latin1');
}
