import { describe, expect, it } from 'vitest';
import { createRedactor, secretValues } from '../../src/policy/redact.ts';
import { ordinaryLines, secretLine, secretLines, shownOf } from './corpus/corpus.ts';

const redact = createRedactor([]);

describe('secrets by their looks', () => {
  it('masks at least 95 % of a corpus of every published kind and many syntaxes', () => {
    const files = ['secrets.txt', 'secrets-held-out.txt', 'secrets-syntaxes.txt'];
    const lines = files.flatMap(secretLines);
    const shown = lines.flatMap(({ rule, line, secrets }) => {
      const out = redact(line);
      return secrets.some((secret) => shownOf(secret, out) !== undefined) ? [`${rule}: ${out}`] : [];
    });
    expect(lines.length).toBeGreaterThanOrEqual(150);
    expect(shown.length, shown.join('\n')).toBeLessThanOrEqual(lines.length * 0.05);
  });

  it('masks the keys of services that gitleaks has no rule for', () => {
    for (const { rule, line, secrets } of secretLines('secrets-vendors.txt'))
      for (const secret of secrets) expect(shownOf(secret, redact(line)), rule).toBeUndefined();
  });

  it('masks keys and passwords in files and protocols with a format of their own', () => {
    for (const { rule, line, secrets } of ['secrets-formats.txt', 'secrets-commands.txt'].flatMap(secretLines)) {
      const shown = redact(line.replaceAll('\\n', '\n'));
      for (const secret of secrets) expect(shownOf(secret, shown), rule).toBeUndefined();
    }
  });

  it('leaves at least 98 % of the ordinary lines of real programs as they are', () => {
    const files = ['ordinary.txt', 'ordinary-held-out.txt', 'ordinary-syntaxes.txt', 'ordinary-formats.txt'];
    const lines = files.flatMap(ordinaryLines);
    const changed = lines.map((line) => redact(line)).filter((out, index) => out !== lines[index]);
    expect(lines.length).toBeGreaterThanOrEqual(200);
    expect(changed.length, changed.join('\n')).toBeLessThanOrEqual(lines.length * 0.02);
  });

  it('says the same of a line that it has masked before', () => {
    for (const { line } of secretLines('secrets.txt')) expect(redact(redact(line))).toBe(redact(line));
  });

  it.each([
    ['of a Digest header that is no string', 'Authorization: Digest username="bob", response="«{h32}»"'],
    ['of a header within a string', 'curl -H "Authorization: Digest response=«{h32}»" http://x'],
    ['of a wrapped string', 'Config { password: Some("«p{A9}»") }'],
    ['of a quoted cookie', 'Set-Cookie: sid="«{A24}»"; Path=/'],
    ['of a quoted bearer', 'Authorization: Bearer "«{A24}»"'],
    ['of bytes', "connect(password=b'«p{A9}»')"],
    ['of a form', 'form-data; name="password"\\r\\n\\r\\n«p{A9}»'],
    ['beside its name', "define( 'DB_PASSWORD', '«w{A9}»' );"],
    ['in running text', "invalid token '«{A32}»'"],
    ['of a driver', 'user:«G{A10}»@tcp(db:3306)/shop'],
    ['of a session', 'JSESSIONID=«{U32}»'],
    ['of Redis’ protocol', String.raw`*2\r\n$4\r\nAUTH\r\n$11\r\n«s3{A9}»\r\n`],
  ])('masks a value %s', (_, template) => {
    const { line, secrets } = secretLine(template);
    for (const secret of secrets) expect(shownOf(secret, redact(line))).toBeUndefined();
    expect(secrets).toHaveLength(1);
  });

  it.each([
    ['a URL whose password has a slash', 'db postgres://app:«p{A6}/{A6}»@db.internal/shop'],
    ['a URL with nothing else to see', 'see https://«{A30}7a»@git.internal/shop'],
    ['a name in capitals within words', 'XMLHTTPSecretToken=«{A32}»'],
    ['a query in a query', 'next=%2Flogin%3Ftoken%3D«{A32}»%26x'],
    ['a bracketed form field, escaped', 'user%5Bpassword%5D=«f{A9}»&x=1'],
    ['a YAML type', 'password: !!binary «{b24}»'],
    ['an unclosed string', 'password="«q{A9}»'],
    ['a list', '"password":["«l{A9}»"]'],
    ['a header with an unknown scheme', 'Authorization: «{A40}»'],
    ['a random connection key', 'SharedAccessKey=«{b43}=»;EntityPath=x'],
    ['an unknown cookie', 'session_cookie=«{A32}»'],
    ['a secret id', 'secret_id=«{u}»'],
    ['key data', 'client-key-data: «{b80}»'],
    ['a spring file path that is a value', 'token=/«{A40}»'],
  ])('masks %s', (_, template) => {
    const { line, secrets } = secretLine(template);
    for (const secret of secrets) expect(shownOf(secret, redact(line))).toBeUndefined();
    expect(secrets).toHaveLength(1);
  });

  it.each([
    'postgres://app:5432/shop@latest',
    'https://bob@bitbucket.org/acme/shop.git',
    'https://shop-deploy-user-number-7@git.internal/shop',
    'postgres://app:$PASSWORD@db/shop',
    'Authorization: ***',
    'Authorization: none given',
    'Authorization:',
    'if (password != null) return',
    'cookie: sessions are off',
    'Set-Cookie: Path=/; HttpOnly',
    'Set-Cookie: lang=; Path=/',
    'env: password=os.environ["X"]',
    'password=./secrets/db',
    'password=12',
    'token=0.25s',
    'token = 30000ms',
    'secret: a b c d',
    'key=////',
    '-----BEGIN CERTIFICATE-----',
    'ends with eyJ',
    'eyJhbGciOiJIUzI1NiJ9.short',
    'password is required',
    'cannot load key "/etc/tls.key": BIO_new_file() failed',
    'serviceAccountToken: {path: token, expirationSeconds: 3607}',
    '{"validation":{"password":["must be at least 12 characters"]}}',
    'Using generated security password: see logs of the first start',
    'assert response["token"] == expected_token',
  ])('leaves %s', (line) => {
    expect(redact(line)).toBe(line);
  });

  it.each([
    'eyJ-',
    'password=',
    'https://',
    'a:',
    '-----BEGIN PRIVATE KEY-----',
    'aws A1b2C3',
    'mysql -p ',
    'auth="',
    'cookie: a=b;',
    'Authorization: ',
    'key%3D',
    '0Q~',
    '.atlasv1.',
    '"password" value ',
    '<password ',
  ])('takes time that grows with the length of %j again and again, and no faster', (pump) => {
    const time = (length: number) => {
      const text = pump.repeat(length / pump.length);
      const before = process.cpuUsage();
      for (let round = 0; round < 5; round += 1) redact(text);
      return process.cpuUsage(before).user;
    };
    time(20_000);
    // Sixteen times the text: linear is 16, quadratic 256.
    expect(time(320_000) / Math.max(time(20_000), 1000)).toBeLessThan(80);
  });
});

describe('known values', () => {
  const value = 'p"ss/w&rd +ü\\9';
  const mask = createRedactor([value, 'first-line-of-it\nsecond-line-of-it']);
  it.each([
    ['as it is', value],
    ['in JSON', JSON.stringify({ value })],
    ['in JSON in JSON', JSON.stringify(JSON.stringify({ value }))],
    ['in an address', `https://h/?q=${encodeURIComponent(value)}`],
    ['in a form', `q=${encodeURIComponent(value).replaceAll('%20', '+')}`],
    ['in base64', Buffer.from(value).toString('base64')],
    ['in base64, one byte in', Buffer.from(`x${value}y`).toString('base64')],
    ['in base64url, two bytes in', Buffer.from(`xy${value}`).toString('base64url')],
    ['in hex', Buffer.from(value).toString('hex')],
    ['in JSON three times', JSON.stringify(JSON.stringify(JSON.stringify({ value })))],
    ['in JSON as Go writes it', JSON.stringify({ value }).replaceAll('&', '\\u0026')],
    ['in JSON with capital digits', JSON.stringify({ value }).replaceAll('ü', '\\u00FC')],
    ['in an address within another', `?next=${encodeURIComponent(`/?q=${encodeURIComponent(value)}`)}`],
    ['in JSON in an address', `?q=${encodeURIComponent(JSON.stringify({ value }))}`],
    ['in base64 twice', Buffer.from(Buffer.from(`bob:${value}`).toString('base64')).toString('base64')],
    ['for a shell', value.replace(/[^\w@%+=:,./-]/gu, (char) => `\\${char}`)],
    ['one line of it', 'seen: second-line-of-it'],
  ])('are masked %s', (_, text) => {
    const out = mask(text);
    expect(out).toContain('***');
    for (const part of [value, encodeURIComponent(value), Buffer.from(value).toString('hex'), 'second-line-of-it'])
      expect(out).not.toContain(part);
  });

  it('are masked beside one of a hundred thousand lines', () => {
    const huge = Array.from({ length: 100_000 }, (_, line) => `line "${line}" of it`).join('\n');
    const both = createRedactor([huge, value]);
    expect(both(`saw ${value} and line "7" of it`)).toBe('saw *** and ***');
  });

  it('are found among ten thousand variables, by name however many there are', () => {
    const many = Array.from({ length: 10_000 }, (_, at) => `SETTING_${at}=a "quoted" <value> of ${at}`);
    const found = secretValues([...many, 'DB_PASSWORD=Hunt3r-9x', 'API_TOKEN=a1b2c3d4e5f6g7h8']);
    expect(found).toEqual(['Hunt3r-9x', 'a1b2c3d4e5f6g7h8']);
  });
});
