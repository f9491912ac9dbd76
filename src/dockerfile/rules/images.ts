import { chainOf, type Stage } from '../model.ts';
import { ofInstructions, type Placed, type Rule } from './rule.ts';

const FROM = ['FROM'];

/** The image a stage starts from, where that is no stage, not `scratch` and known without building. */
function baseOf({ stage }: Placed): string | undefined {
  if (!stage || stage.parent || stage.image === 'scratch' || stage.image === '') return undefined;
  return stage.image;
}

const nameOf = (image: string) => image.slice(image.lastIndexOf('/') + 1);
const isPlain = (image: string) => !image.includes('$');
const isTagged = (image: string) => nameOf(image).includes(':') || image.includes('@');

/** Base images and the names of stages. */
export const IMAGE_RULES: readonly Rule[] = [
  ofInstructions({
    id: 'DL3006',
    severity: 'warning',
    on: FROM,
    says: 'The base image has no tag: name the version it was tested with.',
    isBroken: (placed) => {
      const image = baseOf(placed);
      return image !== undefined && isPlain(image) && !isTagged(image);
    },
  }),
  ofInstructions({
    id: 'DL3007',
    severity: 'warning',
    on: FROM,
    says: '`latest` is another image tomorrow: name the version it was tested with.',
    isBroken: (placed) => /:latest$/u.test(baseOf(placed) ?? ''),
  }),
  ofInstructions({
    id: 'FL2002',
    severity: 'info',
    on: FROM,
    says: 'The base image may change under its tag: add its digest, `name:tag@sha256:…`, for the same build every time.',
    isBroken: (placed) => {
      const image = baseOf(placed);
      return image !== undefined && isPlain(image) && isTagged(image) && !/@|:latest$/u.test(image);
    },
  }),
  ofInstructions({
    id: 'DL3024',
    severity: 'error',
    on: FROM,
    says: 'Another stage has the same name: give each its own.',
    isBroken: ({ stage, subject }) =>
      stage?.name !== undefined &&
      subject.file.stages.some(({ index, name }) => index < stage.index && name === stage.name),
  }),
  ofInstructions({
    id: 'DL3063',
    severity: 'warning',
    on: FROM,
    says: 'The stage has the name of something else, `scratch` or `context`: give it another.',
    isBroken: ({ stage }) => stage?.name === 'scratch' || stage?.name === 'context',
  }),
  ofInstructions({
    id: 'DL3029',
    severity: 'warning',
    on: FROM,
    says: 'The platform is fixed here: leave `--platform` to the build command.',
    isBroken: ({ instruction }) =>
      instruction.flags.some(({ text }) => text.startsWith('--platform=') && !text.includes('$')),
  }),
  lastUser(),
  {
    id: 'FL2003',
    severity: 'info',
    find: ({ file }) => {
      const last = file.stages.at(-1);
      if (!last || last.isWindows || hasUser(last) || /nonroot/u.test(chainOf(last).at(-1)?.image ?? '')) return [];
      return [{ line: last.from.line, says: 'The image runs as root: end it with a `USER` that is not.' }];
    },
  },
  {
    id: 'DL3057',
    severity: 'info',
    find: ({ file }) => {
      const last = file.stages.at(-1);
      const isChecked = chainOf(last).some(({ instructions }) =>
        instructions.some(({ keyword }) => keyword === 'HEALTHCHECK'),
      );
      return !last || isChecked
        ? []
        : [{ line: last.from.line, says: 'There is no HEALTHCHECK: nobody can tell whether it serves.' }];
    },
  },
];

const hasUser = (stage: Stage) =>
  chainOf(stage).some(({ instructions }) => instructions.some(({ keyword }) => keyword === 'USER'));

function lastUser(): Rule {
  return {
    id: 'DL3002',
    severity: 'warning',
    find: ({ file }) => {
      const last = file.stages.at(-1)?.instructions.findLast(({ keyword }) => keyword === 'USER');
      if (!last || !/^(?:root|0)(?::|$)/u.test(last.words[0]?.text ?? '')) return [];
      return [{ line: last.line, says: 'The last USER is root: switch to another behind what needs root.' }];
    },
  };
}
