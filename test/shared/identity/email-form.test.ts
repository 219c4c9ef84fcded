import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { normalEmail } from '#shared/identity/email-form.ts';

describe('normalEmail', () => {
  it.each([
    [' Ada@Example.COM ', 'ada@example.com'],
    ['ada+news@example.com', 'ada+news@example.com'],
    ["o'hara_{1}=2@sub.example.co.uk", "o'hara_{1}=2@sub.example.co.uk"],
    ['a..b@docomo.example', 'a..b@docomo.example'],
    ['ada@1-2.x3.example', 'ada@1-2.x3.example'],
  ])('brings %j into its normal form', (text, normal) => {
    expect(normalEmail(text)).toBe(normal);
  });

  // RFC 6532, 3.1: UTF-8 in headers is to be in NFC, and not in NFKC, which would make others of some names
  it.each([
    ['Jose\u0301@example.com', 'jos\u00e9@example.com'],
    ['ﬁn@example.com', 'ﬁn@example.com'],
    ['用户@例子.中国', '用户@xn--fsqu00a.xn--fiqs8s'],
    ['Dörte@Sörensen.example.com', 'dörte@xn--srensen-90a.example.com'],
    ['अजय@example.भारत', 'अजय@example.xn--h2brj9c'],
    ['İ@example.com', 'i̇@example.com'],
  ])('writes %j in NFC', (text, normal) => {
    expect(normalEmail(text)).toBe(normal);
  });

  // Sample strings of RFC 3492, 7.1: B, J, L, R; and of UTS 46, tables 1 and 4, without transition
  it.each([
    ['他们为什么不说中文.example', 'xn--ihqwcrb4cv8a8dqg056pqjye.example'],
    [
      'PorquénopuedensimplementehablarenEspañol.example',
      'xn--porqunopuedensimplementehablarenespaol-fmd56a.example',
    ],
    ['3年B組金八先生.example', 'xn--3b-ww4c5e180e575a65lsy2b.example'],
    ['そのスピードで.example', 'xn--d9juau41awczczp.example'],
    ['faß.de', 'xn--fa-hia.de'],
    ['βόλος.com', 'xn--nxasmm1c.com'],
    ['ශ්‍රී.com', 'xn--10cl1a0b660p.com'],
    ['نامه‌ای.com', 'xn--mgba3gch31f060k.com'],
    ['Bücher.de', 'xn--bcher-kva.de'],
    ['XN--BCHER-KVA.DE', 'xn--bcher-kva.de'],
    ['öbb.at', 'xn--bb-eka.at'],
    // An ideographic full stop parts labels too
    ['例え。テスト', 'xn--r8jz45g.xn--zckzah'],
  ])('writes the domain %s in ASCII', (domain, ascii) => {
    expect(normalEmail(`ada@${domain}`)).toBe(`ada@${ascii}`);
  });

  // RFC 5321, 4.5.3.1: 64 octets before the @, 254 in all (erratum 1690 to RFC 3696); RFC 1035, 2.3.4: 63 a label
  const label = 'x'.repeat(63);
  it.each([
    ['x'.repeat(64), 'example.com', true],
    ['x'.repeat(65), 'example.com', false],
    ['é'.repeat(32), 'example.com', true],
    [`x${'é'.repeat(32)}`, 'example.com', false],
    ['a', `${label}.com`, true],
    ['a', `x${label}.com`, false],
    ['x'.repeat(59), `${label}.${label}.${label.slice(1)}.com`, true],
    ['x'.repeat(60), `${label}.${label}.${label.slice(1)}.com`, false],
    ['x'.repeat(59), `${label}.${label}.${label.slice(1)}.c`, false],
    // Octets, not characters
    ['é', `${label}.${label}.${label}.${'x'.repeat(55)}.com`, true],
    ['é', `${label}.${label}.${label}.${'x'.repeat(56)}.com`, false],
  ])('bounds %s and %s: %s', (local, domain, isTaken) => {
    expect(normalEmail(`${local}@${domain}`)).toBe(isTaken ? `${local}@${domain}` : undefined);
  });

  it.each([
    ...['', 'ada', 'ada@', '@example.com', 'a da@example.com', 'ada@localhost', 'ada@127.0.0.1'],
    ...['ada@gmail.com/x.yy', 'ada@gmail.com?q.yy', 'ada@gmail.com#x.yy', 'ada@é%2e.com', 'ada@é:80.com'],
    ...['ada@-x.com', 'ada@x-.com', 'ada@x..com', 'ada@.com', 'ada@example.com.', 'ada@a_b.com', 'ada@[::1]'],
    ...['"ada lovelace"@example.com', '<ada@example.com>', 'ada@bob@example.com', 'a\u0000b@example.com'],
    ...[
      'ada@example.c',
      'ada@example.123',
      `${'x'.repeat(300)}@example.com`,
      'ada@é\\x.com',
      'ada(x)@example.com',
      // A soft hyphen is none of a domain's characters, and still one of the address
      `ada@exam${'\u00ad'.repeat(250)}ple.com`,
      'ada@\u00ad',
    ],
  ])('finds no address in %j', (text) => {
    expect(normalEmail(text)).toBeUndefined();
  });

  it('changes nothing of a normal form', () => {
    const character = fc.constantFrom(...'aAéÉİßﬁ.+用\u0301');
    const local = fc.string({ unit: character, minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(
        local,
        fc.constantFrom('gmail.com', 'Bücher.example', 'x.org'),
        fc.boolean(),
        (name, domain, rules) => {
          const normal = normalEmail(`${name}@${domain}`, { providerRules: rules });

          expect(normal).toBeDefined();
          expect(normalEmail(normal ?? '', { providerRules: rules })).toBe(normal);
        },
      ),
    );
  });
});

describe('the rules of providers', () => {
  it.each<readonly [text: string, mailbox: string]>([
    // Google's own example: https://support.google.com/mail/answer/7436150
    ['john.smith@gmail.com', 'johnsmith@gmail.com'],
    ['j.o.h.n.s.m.i.t.h@gmail.com', 'johnsmith@gmail.com'],
    ['John.Smith+Shop+2@googlemail.com', 'johnsmith@gmail.com'],
    ...['outlook.com', 'hotmail.com', 'live.com', 'icloud.com', 'me.com', 'fastmail.com', 'proton.me'].map(
      (domain): readonly [string, string] => [`John.Smith+Shop@${domain}`, `john.smith@${domain}`],
    ),
    ['john.smith+shop@example.com', 'john.smith+shop@example.com'],
    ['+1@gmail.com', '+1@gmail.com'],
    ['..@gmail.com', '..@gmail.com'],
    ['a.\u0301da@gmail.com', '\u00e1da@gmail.com'],
    ['.+x@gmail.com', '.+x@gmail.com'],
  ])('make one of the spellings of one mailbox: %s', (text, mailbox) => {
    expect(normalEmail(text, { providerRules: true })).toBe(mailbox);
  });

  it('are asked for', () => {
    expect(normalEmail('John.Smith+Shop@googlemail.com')).toBe('john.smith+shop@googlemail.com');
    expect(normalEmail('John.Smith+Shop@googlemail.com', {})).toBe('john.smith+shop@googlemail.com');
  });
});
