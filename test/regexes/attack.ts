import { type AST, RegExpParser } from '@eslint-community/regexpp';

const MOST_ATTACKS = 400;

/** A text of any length: a beginning, a part that is repeated, and an end. */
export interface Attack {
  readonly start: string;
  readonly pump: string;
  readonly end: string;
}

export const textOf = ({ start, pump, end }: Attack, length: number): string =>
  start + pump.repeat(Math.ceil(length / pump.length)).slice(0, length) + end;

/**
 * Texts that make a backtracking matcher work: everything its own parts match, repeated, after a beginning that lets it
 * come so far and before an end that makes it fail. Each repeated part alone, with its neighbour, and with what goes before.
 */
export function attacksOn(source: string, flags: string): Attack[] {
  const pattern = new RegExpParser({ ecmaVersion: 2025 }).parsePattern(source, 0, source.length, {
    unicode: flags.includes('u'),
    unicodeSets: flags.includes('v'),
  });
  const parts = new Set<string>();
  const starts = new Set<string>(['']);
  const note = (elements: readonly AST.Element[]) => {
    let before = '';
    for (let turn = 0; turn < 8; turn += 1)
      for (const end of elements.keys())
        parts.add(
          elements
            .slice(0, end + 1)
            .map((one) => turned(sample(one), turn))
            .join(''),
        );
    for (const [index, element] of elements.entries()) {
      const own = sample(element);
      for (const text of own) parts.add(text);
      const next = elements[index + 1];
      if (next) for (const one of own.slice(0, 2)) for (const two of sample(next).slice(0, 2)) parts.add(one + two);
      starts.add(before);
      before += own[0] ?? '';
      parts.add(before);
      for (const inside of alternativesIn(element)) note(inside.elements);
    }
  };
  for (const { elements } of pattern.alternatives) note(elements);
  const pumps = [...parts].filter((part) => part !== '' && part.length <= 2000);
  for (const common of ['a', '0', ' ', '-', '_', '.', '/', '=', '\t', '\n', '\u200b', 'é', 'A-']) pumps.push(common);
  const ends = ['', '\u0000', '\n', '!', '`'];
  const out: Attack[] = [];
  for (const pump of pumps)
    for (const start of [...starts].slice(0, 12))
      for (const end of start === '' ? ends : ends.slice(0, 2)) out.push({ start, pump, end });
  // The shortest beginnings and the earliest parts come first; a long expression has more than there is time for.
  const step = Math.max(1, out.length / MOST_ATTACKS);
  return Array.from(
    { length: Math.min(out.length, MOST_ATTACKS) },
    (_, index) => out[Math.floor(index * step)] as Attack,
  );
}

/** Another of the texts each turn, so that beginnings of every kind are tried. */
const turned = (texts: readonly string[], turn: number): string => texts[turn % texts.length] ?? '';

function alternativesIn(element: AST.Element): readonly AST.Alternative[] {
  if (element.type === 'Quantifier') return alternativesIn(element.element);
  return 'alternatives' in element ? element.alternatives : [];
}

/** A few texts that a part matches: once, many times, and for a class its first, last and most ordinary members. */
function sample(element: AST.Element): string[] {
  switch (element.type) {
    case 'Character':
      return [String.fromCodePoint(element.value)];
    case 'CharacterSet':
      return element.kind === 'any' ? ['a', ' '] : setSample(element);
    case 'CharacterClass':
      return classSample(element);
    case 'Quantifier': {
      const once = sample(element.element);
      const many = Math.min(Math.max(element.min, 1), 300);
      return [...once.map((text) => text.repeat(many)), ...(element.min === 0 ? [''] : [])];
    }
    case 'Group':
    case 'CapturingGroup':
      return element.alternatives
        .slice(0, 6)
        .map(({ elements }) => elements.map((one) => sample(one)[0] ?? '').join(''));
    default:
      return [''];
  }
}

const setSample = ({ kind, negate }: { kind: string; negate: boolean }): string[] => {
  if (kind === 'digit') return negate ? ['a', ' '] : ['0'];
  if (kind === 'space') return negate ? ['a', '/'] : [' ', '\t', '\u2028'];
  if (kind === 'word') return negate ? ['-', ' '] : ['a', '0', '_'];
  return ['a', 'é', '0'];
};

function classSample({ negate, elements }: AST.CharacterClass): string[] {
  const members = elements.flatMap((element): string[] => {
    if (element.type === 'Character') return [String.fromCodePoint(element.value)];
    if (element.type === 'CharacterClassRange')
      return [String.fromCodePoint(element.min.value), String.fromCodePoint(element.max.value)];
    return element.type === 'CharacterSet' && 'negate' in element ? setSample(element) : [];
  });
  if (!negate) return members.slice(0, 12);
  return ['a', '0', ' ', '-', '/', '<', '"', '!', '[', '~'].filter((char) => !members.includes(char)).slice(0, 5);
}
