import { readdirSync, readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { join } from 'node:path';
import { type AnyNode, type Node, parse } from 'acorn';

export interface Found {
  readonly file: string;
  readonly line: number;
  readonly source: string;
  readonly flags: string;
}

/** Every regular expression of the sources, and every place that builds one while the program runs. */
export function findRegexes(folder: string): { readonly literals: Found[]; readonly built: string[] } {
  const literals: Found[] = [];
  const built: string[] = [];
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !entry.name.endsWith('.ts')) continue;
    const file = join(entry.parentPath, entry.name);
    const code = stripTypeScriptTypes(readFileSync(file, 'utf8'));
    const tree = parse(code, { ecmaVersion: 'latest', sourceType: 'module', locations: true, allowHashBang: true });
    visit(tree, (node) => {
      const line = node.loc?.start.line ?? 0;
      if (node.type === 'Literal' && node.regex)
        literals.push({ file, line, source: node.regex.pattern, flags: node.regex.flags });
      const isCall = node.type === 'NewExpression' || node.type === 'CallExpression';
      if (isCall && node.callee.type === 'Identifier' && node.callee.name === 'RegExp') built.push(`${file}:${line}`);
    });
  }
  return { literals, built };
}

function visit(node: Node, see: (node: AnyNode) => void): void {
  see(node as AnyNode);
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) if (isNode(child)) visit(child, see);
  }
}

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && 'type' in value;
