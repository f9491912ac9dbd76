import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { lintDockerfile, RULES } from '../../src/dockerfile/lint.ts';
import { parseDockerfile } from '../../src/dockerfile/parse.ts';
import { MOST_LINES, MOST_TEXT, whyUnreadable } from '../../src/dockerfile/readable.ts';
import { suggestFor } from '../../src/dockerfile/suggest.ts';
import { EXPECTED } from './expected.ts';

const FOLDER = new URL('samples/', import.meta.url);
const sample = (name: string) => {
  const text = readFileSync(new URL(`${name}.dockerfile`, FOLDER), 'utf8');
  // Git may have changed its line breaks.
  return name === 'crlf-bom' ? text.replaceAll(/\r?\n/gu, '\r\n') : text;
};
const found = (text: string) =>
  lintDockerfile(parseDockerfile(text))
    .toSorted((a, b) => a.line - b.line || (a.rule < b.rule ? -1 : 1))
    .map(({ line, rule }) => `${line}:${rule}`)
    .join(' ');

describe('the rules', () => {
  it('are tried on at least forty Dockerfiles, each rule on one of them', () => {
    const files = readdirSync(FOLDER).map((name) => name.replace('.dockerfile', ''));
    expect(files.toSorted()).toEqual(Object.keys(EXPECTED).toSorted());
    expect(files.length).toBeGreaterThanOrEqual(40);

    const tried = new Set(Object.values(EXPECTED).flatMap((all) => all.split(' ').map((one) => one.split(':')[1])));
    expect(RULES.map(({ id }) => id).filter((id) => !tried.has(id))).toEqual([]);
  });

  it.each(Object.entries(EXPECTED))('find in %s what is there, and nothing else', (name, expected) => {
    expect(found(sample(name))).toBe(expected);
  });
});

describe('suggestions', () => {
  it.each(Object.keys(EXPECTED))('for %s parse, take away what they claim, add nothing and end', async (name) => {
    const text = sample(name);
    const suggestion = await suggestFor(text);
    if (!suggestion) return;
    const counts = (all: string) => Map.groupBy(all.split(' '), (one) => one.split(':')[1] ?? '');
    const [had, has] = [counts(found(text)), counts(found(suggestion.text))];

    expect(found(suggestion.text)).not.toContain('DL1000');
    for (const rule of suggestion.fixed) expect(has.get(rule)?.length ?? 0).toBeLessThan(had.get(rule)?.length ?? 0);
    for (const [rule, all] of has) if (rule !== '') expect(all.length).toBeLessThanOrEqual(had.get(rule)?.length ?? 0);
    expect(suggestion.fixed.length).toBeGreaterThan(0);
    expect(await suggestFor(suggestion.text)).toBeUndefined();
    // Every comment is still there.
    const comments = (of: string) => of.match(/^\s*#.*$/gmu)?.map((line) => line.trim()) ?? [];
    expect(comments(suggestion.text)).toEqual(comments(text));
  });

  it('puts dependencies before code, joins layers and keeps the comments', async () => {
    const suggestion = await suggestFor(sample('node-all'));

    expect(suggestion?.text).toBe(`# The shop
FROM node:20
LABEL org.opencontainers.image.authors="dana@example.com"
ENV DB_PASSWORD=hunter2
WORKDIR /app
COPY package.json package-lock.json* npm-shrinkwrap.json* ./
# What it needs
RUN npm ci
COPY . .
RUN npm run build
RUN apt-get update \\
    && apt-get install --no-install-recommends -y curl \\
    && rm -rf /var/lib/apt/lists/*
EXPOSE 3000
USER node
CMD ["node", "server.js"]
`);
  });

  it('leaves a folder by WORKDIR as it was by cd', async () => {
    const suggestion = await suggestFor(sample('cd'));

    expect(suggestion?.text).toContain('WORKDIR /src/lib\nRUN make install\nWORKDIR /src/tools\n');
    expect(suggestion?.text).toContain('WORKDIR /src/tools/lib\nRUN FLAG=1 make\nWORKDIR /src/tools\n');
  });

  it.each([
    // The lists of the first RUN are those of the second.
    ['package lists that a later RUN uses', sample('apt-lists-later'), 'rm -rf'],
    ['an entry point whose words a command would be', 'FROM debian:12\nENTRYPOINT /a\nCMD b c\n', '["'],
    ['a command with a variable', 'FROM debian:12\nCMD java $OPTS\n', '["'],
    ['what goes on after a failure', 'FROM debian:12\nRUN a\nRUN b || c\n', '&&'],
    ['a RUN that sets something for its shell', 'FROM debian:12\nRUN cd /x\nRUN make\n', '&&'],
    ['a RUN behind a comment', 'FROM debian:12\nRUN a\n# why\nRUN b\n', '&&'],
    ['an image without a known bash', 'FROM shop:1\nRUN a | b\n', 'pipefail'],
    [
      'dependencies that are elsewhere',
      'FROM python:3.12\nWORKDIR /s\nCOPY . /x\nRUN pip install -r a.txt\n',
      'COPY a.txt',
    ],
    ['a version that is not known', 'FROM debian\nRUN apt-get install -y curl\n', 'debian:'],
  ])('does not guess at %s', async (_, text, unwanted) => {
    const suggestion = await suggestFor(text);

    expect(suggestion?.text ?? '').not.toContain(unwanted);
  });

  it('keeps the line breaks of Windows', async () => {
    const suggestion = await suggestFor(sample('crlf-bom'));

    expect(suggestion?.text.match(/\r?\n/gu)?.every((end) => end === '\r\n')).toBe(true);
    expect(suggestion?.text).toContain('apk add --no-cache');
  });
});

describe('what is no Dockerfile', () => {
  it.each([
    ['nothing', ' \n\t\n', 'empty'],
    ['a megabyte', 'RUN true\n'.repeat(120_000), 'too-long'],
    ['too many characters on one line', `FROM a\nRUN ${'x'.repeat(MOST_TEXT)}`, 'too-long'],
    ['ten thousand instructions', 'RUN\n'.repeat(10_000), 'too-many-lines'],
    ['too deep a continuation', `FROM a\nRUN a${'\\\n'.repeat(MOST_LINES)}`, 'too-many-lines'],
    ['zero bytes', 'FROM a\u0000lpine\n', 'not-text'],
  ])('%s is not parsed', (_, text, why) => {
    expect(whyUnreadable(text)).toBe(why);
  });
});
