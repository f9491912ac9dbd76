// Apart from `version.ts`, whose library takes a cold start of functions time: commands are parsed there.

/** What somebody types for a version, and no word of a sentence: `1.4.0`, `v2`, `latest`, a digest. A host's name is none. */
export const looksLikeVersion = (text: string): boolean => /^(?:v?\d|latest$|sha256:)/u.test(text);
