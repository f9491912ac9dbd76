import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/** RE2, whose time grows with the length of a text and never runs away. Loaded by the first pattern: it takes 10 ms. */
export const re2 = () => require('re2js') as typeof import('re2js');
