import type { Plugin } from 'rolldown';

/**
 * Node's own modules as they are: importing one also reads all its exports, which loads what few of them need, such as
 * WebCrypto or the client behind `fetch`. Each line stays one line, so source maps by line hold.
 */
export const withoutFacades: Plugin = {
  name: 'without-facades',
  renderChunk: (code) => ({
    code: code.replace(
      /^import (?:\* as )?([\w$]+)?(?:, )?(\{.+\})? from "(node:[^"]+)";$/gmu,
      (_, whole, parts, id) => {
        const names: string[] = [whole ?? [], parts?.replaceAll(' as ', ': ') ?? []].flat();
        return `const ${names.map((name) => `${name} = process.getBuiltinModule("${id}")`).join(', ')};`;
      },
    ),
    map: null,
  }),
};
