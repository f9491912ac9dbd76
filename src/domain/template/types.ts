/** A template of the part of Go's that is understood here. Every node knows where it begins in the text, from 0. */
export type Node =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'value'; readonly of: Expression }
  | {
      readonly kind: 'range';
      readonly of: Expression;
      /** Names of its variables, without the `$`. */
      readonly key: string | undefined;
      readonly value: string | undefined;
      readonly body: readonly Node[];
      /** What is shown where there is nothing to go through. */
      readonly otherwise: readonly Node[];
    };

export type Expression = { readonly at: number } & (
  | { readonly kind: 'literal'; readonly value: string | number }
  /** Fields of the dot, of a variable, or of another expression; none is the thing itself. */
  | { readonly kind: 'fields'; readonly of: Expression | Root; readonly names: readonly string[] }
  | { readonly kind: 'call'; readonly name: FunctionName; readonly args: readonly Expression[] }
);

/** The dot, or a variable by its name; `$` alone is the whole. */
export type Root = { readonly kind: 'dot' } | { readonly kind: 'variable'; readonly name: string };

export const FUNCTIONS = ['json', 'index', 'join', 'len'] as const;
export type FunctionName = (typeof FUNCTIONS)[number];

/** What is wrong with a template, and where it is, from 1. */
export class TemplateError extends Error {
  readonly at: number;

  constructor(message: string, index: number) {
    super(message);
    this.at = index + 1;
  }
}
