import { type Piece, piecesOf, type Token, tokensOf } from './tokens.ts';
import { type Expression, FUNCTIONS, type FunctionName, type Node, TemplateError } from './types.ts';

/** UTF-16 units of a template; nobody types a longer one. */
const MOST_LENGTH = 2000;
const MOST_DEPTH = 20;

const KNOWN = `Understood are fields, \`index\`, \`json\`, \`range\`, \`join\` and \`len\``;

/**
 * Parses a template: fields, `index`, `json`, `range`, `join`, `len`, variables of a range, strings, numbers, brackets and
 * pipes. A bare path (`.State.Status`) is a template of that alone. Throws a `TemplateError` for anything else.
 */
export function parseTemplate(template: string): readonly Node[] {
  if (template.length > MOST_LENGTH) throw new TemplateError(`longer than ${MOST_LENGTH} characters`, MOST_LENGTH);
  const isBare = !template.includes('{{') && template.startsWith('.');
  const bare = (): Piece[] => [{ kind: 'action', at: 0, tokens: tokensOf(template, 0, template.length) }];
  return new Parser(isBare ? bare() : piecesOf(template)).whole();
}

class Parser {
  readonly #pieces: readonly Piece[];
  #piece = 0;
  #tokens: readonly Token[] = [];
  #token = 0;
  /** Where the action begins that is read. */
  #at = 0;

  constructor(pieces: readonly Piece[]) {
    this.#pieces = pieces;
  }

  whole(): Node[] {
    const { nodes, end } = this.#block(0);
    if (end !== undefined) throw new TemplateError(`\`${end}\` without a \`range\``, this.#at);
    return nodes;
  }

  /** Reads up to the `else` or `end` of a range; `end` is undefined at the end of the template. */
  #block(depth: number): { nodes: Node[]; end: string | undefined } {
    if (depth > MOST_DEPTH) throw new TemplateError('too deep', this.#at);
    const nodes: Node[] = [];
    while (this.#piece < this.#pieces.length) {
      const piece = this.#pieces[this.#piece] as Piece;
      this.#piece += 1;
      if (piece.kind === 'text') {
        nodes.push(piece);
        continue;
      }
      this.#tokens = piece.tokens;
      this.#token = 0;
      this.#at = piece.at;
      const word = this.#peek()?.kind === 'word' ? this.#peek()?.text : undefined;
      if (word === 'end' || word === 'else') {
        this.#next();
        this.#mustEnd();
        return { nodes, end: word };
      }
      nodes.push(word === 'range' ? this.#range(depth) : { kind: 'value', of: this.#pipeline(0) });
      if (word !== 'range') this.#mustEnd();
    }
    return { nodes, end: undefined };
  }

  #range(depth: number): Node {
    const at = this.#at;
    this.#next();
    const names: string[] = [];
    while (this.#peek()?.kind === 'variable' && /^(?:,|:=)$/u.test(this.#tokens[this.#token + 1]?.text ?? '')) {
      names.push((this.#next()?.text ?? '').slice(1));
      if (this.#next()?.text === ':=') break;
    }
    if (names.length > 2) throw new TemplateError('`range` has two variables at most', at);
    const of = this.#pipeline(0);
    this.#mustEnd();
    const body = this.#block(depth + 1);
    const otherwise = body.end === 'else' ? this.#block(depth + 1) : undefined;
    if ((otherwise ?? body).end !== 'end') throw new TemplateError('this `range` has no `{{end}}`', at);
    const [first, second] = names;
    return {
      kind: 'range',
      of,
      key: second === undefined ? undefined : first,
      value: second ?? first,
      body: body.nodes,
      otherwise: otherwise?.nodes ?? [],
    };
  }

  #pipeline(depth: number): Expression {
    let value = this.#command(depth, undefined);
    while (this.#peek()?.text === '|' && this.#peek()?.kind === 'sign') {
      this.#next();
      value = this.#command(depth, value);
    }
    return value;
  }

  /** A function with its arguments, or one value; what is piped into it is the last argument. */
  #command(depth: number, piped: Expression | undefined): Expression {
    if (depth > MOST_DEPTH) throw new TemplateError('too deep', this.#at);
    const token = this.#peek();
    if (token?.kind !== 'word') {
      if (piped) throw new TemplateError('only a function can follow `|`', token?.at ?? this.#at);
      return this.#operand(depth);
    }
    this.#next();
    const name = functionOf(token);
    const args: Expression[] = [];
    while (!/^[)|]$/u.test(this.#peek()?.text ?? ')')) args.push(this.#operand(depth));
    if (piped) args.push(piped);
    const [least, most] = ARITY[name];
    if (args.length < least || args.length > most)
      throw new TemplateError(`\`${name}\` needs ${NEEDS[name]}`, token.at);
    return { kind: 'call', name, args, at: token.at };
  }

  #operand(depth: number): Expression {
    const token = this.#next();
    if (token === undefined) throw new TemplateError('something is missing', this.#at);
    const { at } = token;
    if (token.kind === 'string' || token.kind === 'number') return { kind: 'literal', value: token.value, at };
    if (token.kind === 'word') throw new TemplateError(`put brackets around \`${token.text} …\``, at);
    if (token.kind === 'field') return { kind: 'fields', of: { kind: 'dot' }, names: this.#fields([token.text]), at };
    if (token.kind === 'variable')
      return { kind: 'fields', of: { kind: 'variable', name: token.text.slice(1) }, names: this.#fields([]), at };
    if (token.text === '.') return { kind: 'fields', of: { kind: 'dot' }, names: [], at };
    if (token.text !== '(') throw new TemplateError(`\`${token.text}\` is not understood here`, at);
    const inner = this.#pipeline(depth + 1);
    if (this.#next()?.text !== ')') throw new TemplateError('this bracket is not closed', at);
    return { kind: 'fields', of: inner, names: this.#fields([]), at };
  }

  /** Fields right behind what was read: `.State.Status`, `(index .X 0).HostPort`. */
  #fields(names: readonly string[]): string[] {
    const all = [...names];
    for (let token = this.#peek(); token?.kind === 'field' && this.#isAttached(token); token = this.#peek())
      all.push(this.#next()?.text ?? '');
    return all.map((name) => name.slice(1));
  }

  #isAttached({ at }: Token): boolean {
    const before = this.#tokens[this.#token - 1];
    return before !== undefined && before.at + before.text.length === at;
  }

  #peek(): Token | undefined {
    return this.#tokens[this.#token];
  }

  #next(): Token | undefined {
    this.#token += 1;
    return this.#tokens[this.#token - 1];
  }

  #mustEnd(): void {
    const left = this.#peek();
    if (left) throw new TemplateError(`\`${left.text}\` is not understood here`, left.at);
  }
}

const ARITY: Readonly<Record<FunctionName, readonly [number, number]>> = {
  json: [1, 1],
  index: [2, MOST_DEPTH],
  join: [2, 2],
  len: [1, 1],
};
const NEEDS: Readonly<Record<FunctionName, string>> = {
  json: 'one value',
  index: 'a value and a key',
  join: 'a list and a separator',
  len: 'one value',
};

function functionOf({ text, at }: Token): FunctionName {
  const found = FUNCTIONS.find((name) => name === text);
  if (found === undefined) throw new TemplateError(`\`${text}\` is not supported. ${KNOWN}`, at);
  return found;
}
