import { flagOf, type Instruction } from '../model.ts';
import { sourcesOf } from './copies.ts';
import { ofInstructions, type Rule } from './rule.ts';

/** Names of variables that hold secrets, and what makes such a name harmless. */
const SECRET_NAME =
  /(?:^|_)(?:PASSWORD|PASSWD|PASSPHRASE|SECRETS?|TOKEN|CREDENTIALS?|API_?KEY|PRIVATE_?KEY|ACCESS_?KEY|AUTH)(?:_|$)|(?:PASSWORD|SECRET|TOKEN|APIKEY)$/iu;
const HARMLESS_NAME = /_(?:FILE|PATH|DIR|URL|URI|NAME|ID|TTL|EXPIRY|EXPIRES|LENGTH|TYPE|ALGORITHM|SERVICE)$/iu;

export const isSecretName = (name: string): boolean => SECRET_NAME.test(name) && !HARMLESS_NAME.test(name);

/** Files that hold secrets, by their names; examples of them are not. */
const SECRET_FILE =
  /(?:^|\/)(?:\.env(?:\.[\w-]+)?|id_(?:rsa|dsa|ecdsa|ed25519)|\.npmrc|\.pypirc|\.netrc|\.git-credentials|\.pgpass|\.htpasswd|kubeconfig|credentials(?:\.json)?|service-account[\w.-]*\.json|[\w.-]*[.-]key\.pem|[\w.-]+\.(?:key|p12|pfx|jks|keystore|kdbx))$|(?:^|\/)\.(?:ssh|aws|docker|kube|gnupg)(?:\/|$)/iu;
const EXAMPLE = /\.(?:example|sample|template|dist|pub)$/iu;

/** Secrets by their shape: of well-known services, private keys, and passwords in addresses. */
const SECRET_SHAPE =
  /\b(?:gh[pousr]_\w{30,255}|github_pat_\w{30,255}|glpat-[\w-]{20,60}|xox[abprs]-[\w-]{10,200}|AKIA[0-9A-Z]{16}|sk_live_\w{16,100}|npm_\w{36})|-----BEGIN [A-Z ]{0,30}PRIVATE KEY|\b[a-z]{2,10}:\/\/[^\s:/@$"']{0,100}:[^\s:/@$"'{}<>]{1,200}@[\w.-]/u;
/** Options and headers whose value is a secret; one in a variable is not in the text. */
const SECRET_OPTION =
  /(?:--?(?:password|passwd|token|api-key|secret)(?:=|\s+)|\bauthorization:\s*(?:bearer|basic|token)\s+|\bcurl\s(?:(?:(?!\bcurl\s)[^\n|;&]){0,200}\s)?(?:-u|--user)\s*["']?[^\s:"'$]{1,100}:)["']?[^\s"'$<{-][^\s"']{2,}/iu;

/** Names and values set in a RUN: `export TOKEN=abc`, `TOKEN=abc make`. */
function setsSecret({ shell }: Instruction): boolean {
  const words = shell.commands.flatMap(({ program, variables, args }) => [
    ...variables,
    ...(program === 'export' || program === 'declare' ? args : []),
  ]);
  return words.some(({ text }) => {
    const at = text.indexOf('=');
    const value = text.slice(at + 1);
    return at > 0 && isSecretName(text.slice(0, at)) && value !== '' && !/[$`]|^\//u.test(value);
  });
}

function namesOf({ keyword, words, body }: Instruction): string[] {
  const [first] = words;
  // `ENV NAME value`.
  if (keyword === 'ENV' && first && !first.text.includes('=')) return [first.text];
  if (keyword === 'ARG' || body.text.includes('='))
    return words
      .filter(({ text }) => keyword === 'ARG' || !/=$/u.test(text))
      .map(({ text }) => text.split('=', 1)[0] ?? '');
  return [];
}

/** Secrets that stay in the image or in its history. */
export const SECRET_RULES: readonly Rule[] = [
  ofInstructions({
    id: 'DL3064',
    severity: 'warning',
    on: ['ENV', 'ARG'],
    says: 'By its name it is a secret, and everybody who has the image can read it: use `RUN --mount=type=secret`.',
    isBroken: ({ instruction }) => namesOf(instruction).some(isSecretName),
  }),
  ofInstructions({
    id: 'FL3001',
    severity: 'error',
    on: ['COPY', 'ADD'],
    says: 'A file with secrets goes into the image: use `RUN --mount=type=secret`, and list it in .dockerignore.',
    isBroken: ({ instruction }) =>
      flagOf(instruction, 'from') === undefined &&
      sourcesOf(instruction).some(({ text }) => SECRET_FILE.test(text) && !EXAMPLE.test(text)),
  }),
  ofInstructions({
    id: 'FL3002',
    severity: 'error',
    on: ['RUN', 'ENV', 'ARG', 'LABEL', 'CMD', 'ENTRYPOINT', 'ADD', 'HEALTHCHECK'],
    says: 'A secret is written in the text and stays in the history of the image: take it out, and replace it, as it is known now.',
    isBroken: ({ instruction }) =>
      SECRET_SHAPE.test(instruction.body.text) ||
      (instruction.keyword === 'RUN' && (SECRET_OPTION.test(instruction.body.text) || setsSecret(instruction))),
  }),
];
