interface RawPlatform {
  readonly os?: string | null | undefined;
  readonly architecture?: string | null | undefined;
  readonly variant?: string | null | undefined;
}

/** `linux/arm64/v8`; none for an attestation, whose platform is `unknown/unknown`, and for what names none. */
export function platformOf(raw: RawPlatform | null | undefined): string[] {
  const parts = [raw?.os, raw?.architecture, raw?.variant].flatMap((part) => (part ? [part] : []));
  if (!raw?.os || !raw.architecture || raw.os === 'unknown') return [];
  return parts.every((part) => /^[\w.-]{1,32}$/u.test(part)) ? [parts.join('/')] : [];
}
