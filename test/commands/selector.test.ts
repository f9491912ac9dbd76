import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Selector, select } from '../../src/domain/selector.ts';

const word = fc.stringMatching(/^[a-z][a-z0-9]{0,3}$/u);
const labels = fc.dictionary(word, word, { maxKeys: 3 });
const hosts = fc.uniqueArray(fc.record({ name: word, labels }), { selector: ({ name }) => name, maxLength: 6 });

describe('a selector', () => {
  it('is read or refused in one line, whatever is typed', () => {
    const piece = fc.oneof(
      fc.constantFrom('all', '@web-1', '!web-1', 'env=prod', '!', '!env=prod', ',', '=', '..', '\u202e', '😀', '\r\n'),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 6 }), (pieces) => {
        const read = Selector.safeParse(pieces.join(''));
        if (!read.success) {
          expect(read.error.issues.map(({ message }) => message)).toEqual([
            'takes host names, label=value or all (joined by commas; ! before one leaves it out)',
          ]);
          return;
        }
        expect(read.data.text).toMatch(/^[A-Za-z0-9._=,!-]+$/u);
        expect(Selector.parse(read.data.text)).toEqual(read.data);
      }),
    );
  });

  it('selects a host by its own name or label only, in the order of the config', () => {
    fc.assert(
      fc.property(hosts, word, word, (known, name, value) => {
        const config = new Map(known.map((host) => [host.name, host]));
        const names = known.map((host) => host.name);
        const having = known.filter((host) => Object.entries(host.labels).some(([k, v]) => k === name && v === value));
        expect(select(Selector.parse('all'), config)).toEqual(names);
        expect(select(Selector.parse(`host-${name}`), config)).toEqual([]);
        expect(select(Selector.parse(`${name}=${value}`), config)).toEqual(having.map((host) => host.name));
        const either = names.filter((one) => one === 'all' || one === name || having.some((host) => host.name === one));
        if (name !== 'all') expect(select(Selector.parse(`${name},${name}=${value}`), config)).toEqual(either);
      }),
    );
  });

  it('leaves out what is negated, of all hosts where nothing else is named', () => {
    fc.assert(
      fc.property(hosts, word, word, (known, name, value) => {
        const config = new Map(known.map((host) => [host.name, host]));
        const names = known.map((host) => host.name);
        const having = select(Selector.parse(`${name}=${value}`), config);
        const others = names.filter((one) => !having.includes(one));
        expect(select(Selector.parse(`!${name}=${value}`), config)).toEqual(others);
        expect(select(Selector.parse(`all,!${name}=${value}`), config)).toEqual(others);
        if (name === 'all') return;
        expect(select(Selector.parse(`!@${name},${name}=${value}`), config)).toEqual(
          having.filter((one) => one !== name),
        );
      }),
    );
    for (const text of ['!all', '!!web-1', '!']) expect(Selector.safeParse(text).success).toBe(false);
  });

  it('does not take what every object has for a label', () => {
    const config = new Map([['web-1', { labels: {} }]]);
    expect(select(Selector.parse('constructor=Object'), config)).toEqual([]);
  });
});
