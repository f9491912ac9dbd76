import type { Asked } from './v2.ts';

/** Names and passwords of a server. */
export type Accounts = Readonly<Record<string, string>>;

/** The name in an `Authorization: Basic` header when its password is right; undefined otherwise. */
export function nameIn({ request }: Pick<Asked, 'request'>, accounts: Accounts): string | undefined {
  const [scheme = '', text = ''] = (request.headers.authorization ?? '').split(' ');
  if (scheme.toLowerCase() !== 'basic') return undefined;
  const whole = Buffer.from(text, 'base64').toString();
  const colon = whole.indexOf(':');
  const name = whole.slice(0, colon);
  return Object.hasOwn(accounts, name) && accounts[name] === whole.slice(colon + 1) ? name : undefined;
}

interface Granted {
  readonly type: string;
  readonly name: string;
  readonly actions: readonly string[];
}

/** A token that says in the open what it permits; what it is made of is the server's own business. */
export function tokenFor(scopes: readonly string[], may: (scope: Granted) => readonly string[]): string {
  const access = scopes.map((scope) => {
    const [type = '', ...rest] = scope.split(':');
    const actions = (rest.pop() ?? '').split(',');
    const one = { type, name: rest.join(':'), actions };
    return { ...one, actions: may(one) };
  });
  return Buffer.from(JSON.stringify(access)).toString('base64url');
}

/** Whether a request carries a token that permits an action. */
export function permits({ request }: Pick<Asked, 'request'>, name: string, action: string): boolean {
  const [scheme = '', text = ''] = (request.headers.authorization ?? '').split(' ');
  if (scheme.toLowerCase() !== 'bearer') return false;
  try {
    const access = JSON.parse(Buffer.from(text, 'base64url').toString()) as Granted[];
    return access.some((one) => one.name === name && one.actions.includes(action));
  } catch {
    return false;
  }
}
