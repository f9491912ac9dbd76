/** So many commands of a person in any `perMs` milliseconds. */
export interface BudgetSettings {
  readonly commands: number;
  readonly perMs: number;
}

export type Spending = { readonly ok: true } | { readonly ok: false; readonly waitMs: number };
