import { describe, expect, it } from 'vitest';
import { Pid } from '#shared/events/event.ts';
import { LIMITS } from '#shared/events/limits.ts';
import { identityRow } from '#shared/identity/identifier.ts';
import {
  byAge,
  type Identified,
  type KnownPerson,
  reasonToKeepApart,
  resolve,
  rowsToRead,
} from '#shared/identity/resolve.ts';
import { identityRules } from '#shared/identity/rules.ts';
import { IdentitySettings } from '#shared/identity/settings.ts';

const rulesOf = (settings: Partial<IdentitySettings> = {}) => identityRules(IdentitySettings.parse(settings));
const DEFAULT = rulesOf();

const person = (pid: string, createdAt: number, ...keys: string[]): KnownPerson => ({
  pid: Pid.parse(pid),
  createdAt,
  identifiers: Object.fromEntries(keys.map((key) => [key, {}])),
  entities: ['acme'],
  absorbed: {},
  parted: {},
});

/** Somebody who is a customer of these companies, each of which knows all of their identifiers. */
const customerOf = (entities: readonly string[], { ...known }: KnownPerson): KnownPerson => ({
  ...known,
  entities,
});

const among =
  (...people: KnownPerson[]) =>
  (row: string) =>
    people.find(({ entities, identifiers }) =>
      entities.some((entity) => Object.keys(identifiers).some((key) => identityRow(entity, key) === row)),
    );

const event = (identifiers: readonly string[], said: Partial<Omit<Identified, 'rows'>> = {}): Identified => {
  const legalEntity = said.legalEntity ?? 'acme';
  return {
    identifiers,
    rows: identifiers.map((key) => identityRow(legalEntity, key)),
    legalEntity,
    ...said,
  };
};

const settle = (said: Identified, people: readonly KnownPerson[], rules = DEFAULT) =>
  resolve(said, { ownerOf: among(...people), rules });

describe('resolve', () => {
  it('makes a new person of identifiers that nobody has', () => {
    expect(settle(event(['userId#u', 'anonymousId#a']), [])).toEqual({
      kind: 'new',
      link: ['userId#u', 'anonymousId#a'],
      refused: [],
    });
  });

  it('links the rest to the one person who has some', () => {
    const known = person('p', 1, 'anonymousId#a');

    expect(settle(event(['userId#u', 'anonymousId#a']), [known])).toEqual({
      kind: 'one',
      pid: 'p',
      link: ['userId#u'],
      refused: [],
    });
  });

  it('merges people into the oldest, and into the least pid of two as old', () => {
    const [old, young] = [person('z', 1, 'anonymousId#a'), person('a', 2, 'email#e')];
    const twin = person('b', 1, 'email#e');
    const said = event(['email#e', 'anonymousId#a']);

    expect(settle(said, [old, young])).toMatchObject({ kind: 'merge', people: [{ pid: 'z' }, { pid: 'a' }] });
    expect(settle(said, [old, twin])).toMatchObject({ people: [{ pid: 'b' }, { pid: 'z' }] });
  });

  it('takes two of whom nobody has what they are found by for two, whoever else is said', () => {
    const three = [person('c', 3, 'email#e'), person('b', 2, 'phone#p'), person('a', 1, 'anonymousId#a')];

    expect(settle(event(['email#e', 'phone#p', 'anonymousId#a']), three)).toMatchObject({
      people: [{ pid: 'a' }, { pid: 'b' }],
    });
  });

  it.each([
    {
      name: 'a shared device: two known users stay two',
      said: ['userId#u2', 'anonymousId#a'],
      people: [person('p', 1, 'userId#u1', 'anonymousId#a')],
      expected: {
        kind: 'new',
        link: ['userId#u2'],
        refused: [{ key: 'anonymousId#a', reason: 'limit', other: 'p' }],
      },
    },
    {
      name: 'an e-mail of another known user',
      said: ['userId#u2', 'email#e'],
      people: [person('p', 1, 'userId#u1', 'email#e'), person('q', 2, 'userId#u2')],
      expected: {
        kind: 'one',
        pid: 'q',
        link: [],
        refused: [{ key: 'email#e', reason: 'limit', other: 'p' }],
      },
    },
    {
      name: 'a sixth e-mail',
      said: ['userId#u1', 'email#e6'],
      people: [person('p', 1, 'userId#u1', 'email#e1', 'email#e2', 'email#e3', 'email#e4', 'email#e5')],
      expected: { kind: 'one', pid: 'p', link: [], refused: [{ key: 'email#e6', reason: 'limit' }] },
    },
    {
      name: 'a sixth external id of a type, in one event',
      said: ['userId#u1', ...[1, 2, 3, 4, 5, 6].map((n) => `externalId:card#${n}`), 'externalId:crm#1'],
      people: [],
      expected: {
        kind: 'new',
        link: ['userId#u1', ...[1, 2, 3, 4, 5].map((n) => `externalId:card#${n}`), 'externalId:crm#1'],
        refused: [{ key: 'externalId:card#6', reason: 'limit' }],
      },
    },
  ])('leaves out what breaks a limit: $name', ({ said, people, expected }) => {
    expect(settle(event(said), people)).toEqual(expected);
  });

  it('leaves out no weaker identifier that does no harm', () => {
    const household = person('p', 1, 'userId#u1', 'email#e');

    expect(settle(event(['userId#u2', 'email#e', 'anonymousId#a']), [household])).toEqual({
      kind: 'new',
      link: ['userId#u2', 'anonymousId#a'],
      refused: [{ key: 'email#e', reason: 'limit', other: 'p' }],
    });
  });

  it('counts what events before this one link', () => {
    const known = { ...person('p', 1, 'anonymousId#a'), claims: ['userId#u1'] };

    expect(settle(event(['userId#u2', 'anonymousId#a']), [known])).toMatchObject({ kind: 'new' });
    expect(settle(event(['anonymousId#a', 'userId#u1']), [known])).toMatchObject({ kind: 'one', pid: 'p' });
  });

  it('refuses an identifier that would make the person too large to store', () => {
    const long = Array.from(
      { length: 312 },
      (_, n) => `anonymousId#${String(n).padStart(3, '0')}${'x'.repeat(353)}`,
    );
    const large = person('p', 1, 'userId#u1', ...long);
    const longer = `anonymousId#${'y'.repeat(380)}`;

    expect(long.join('').length).toBeLessThan(LIMITS.identifierBytes);
    expect(settle(event(['userId#u1', 'anonymousId#z']), [large])).toMatchObject({ link: ['anonymousId#z'] });
    expect(settle(event(['userId#u1', longer]), [large])).toEqual({
      kind: 'one',
      pid: 'p',
      link: [],
      refused: [{ key: longer, reason: 'too_large' }],
    });
  });

  it('takes what fits exactly, and not a byte more', () => {
    const sized = (bytes: number) => `anonymousId#${'x'.repeat(bytes - 'anonymousId#'.length)}`;
    const most = person(
      'p',
      1,
      'userId#u1',
      sized(LIMITS.identifierBytes - 'userId#u1'.length - 'email#e'.length - 3 * LIMITS.identifierOverhead),
    );

    expect(settle(event(['userId#u1', 'email#e']), [most])).toMatchObject({ link: ['email#e'], refused: [] });
    expect(settle(event(['userId#u1', 'email#ee']), [most])).toMatchObject({
      link: [],
      refused: [{ reason: 'too_large' }],
    });
  });

  it('makes nobody two users whose profile is ahead of its rows', () => {
    const known = person('p', 1, 'userId#u1', 'phone#p', 'email#e');
    const ownerOf = (row: string) => (row === 'acme#email#e' ? known : undefined);

    expect(resolve(event(['userId#u2', 'phone#p', 'email#e']), { ownerOf, rules: DEFAULT })).toEqual({
      kind: 'new',
      link: ['userId#u2', 'phone#p'],
      refused: [{ key: 'email#e', reason: 'limit', other: 'p' }],
    });
  });

  it('takes a limit that was lowered since for a bar to more, and to nothing else', () => {
    const rules = rulesOf({ limits: { email: 1 } });
    const known = person('p', 1, 'userId#u1', 'email#e1', 'email#e2');

    expect(settle(event(['userId#u1', 'anonymousId#a']), [known], rules)).toMatchObject({
      link: ['anonymousId#a'],
      refused: [],
    });
    expect(settle(event(['userId#u1', 'email#e2', 'email#e3']), [known], rules)).toMatchObject({
      link: [],
      refused: [{ key: 'email#e3', reason: 'limit' }],
    });
  });

  it('keeps two apart who were set apart', () => {
    const [p, q] = [person('p', 1, 'email#e'), { ...person('q', 2, 'anonymousId#a'), parted: { p: 5 } }];

    expect(settle(event(['email#e', 'anonymousId#a']), [p, q])).toEqual({
      kind: 'one',
      pid: 'p',
      link: [],
      refused: [{ key: 'anonymousId#a', reason: 'parted', other: 'q' }],
    });
  });
});

describe('resolve by the strategy of the source', () => {
  it('merges nobody where it only links, and gives the event to the strongest', () => {
    const [old, young] = [person('a', 1, 'anonymousId#a'), person('z', 2, 'email#e')];
    const said = event(['userId#u', 'email#e', 'anonymousId#a'], { strategy: 'link' });

    expect(settle(said, [old, young])).toEqual({
      kind: 'one',
      pid: 'z',
      link: ['userId#u'],
      refused: [{ key: 'anonymousId#a', reason: 'source_strategy', other: 'a' }],
    });
  });
});

describe('resolve across legal entities', () => {
  const shared = rulesOf({ authorised: [['acme', 'beta']] });
  const betas = customerOf(['beta'], person('b', 1, 'email#e', 'userId#u1'));

  it('knows nothing of other companies unless it is authorised', () => {
    expect(settle(event(['email#e']), [betas])).toEqual({ kind: 'new', link: ['email#e'], refused: [] });
  });

  it('finds a person by the rows of an authorised company, and claims rows of its own', () => {
    expect(settle(event(['userId#u1', 'email#e']), [betas], shared)).toEqual({
      kind: 'one',
      pid: 'b',
      link: ['userId#u1', 'email#e'],
      refused: [],
    });
    expect(settle(event(['email#e'], { legalEntity: 'beta' }), [betas], shared)).toMatchObject({ link: [] });
  });

  it('merges the people of two companies that may share them', () => {
    const ours = person('a', 2, 'email#e');

    expect(settle(event(['email#e']), [ours, betas], shared)).toMatchObject({
      kind: 'merge',
      people: [{ pid: 'b' }, { pid: 'a' }],
    });
    expect(settle(event(['email#e'], { strategy: 'link' }), [ours, betas], shared)).toEqual({
      kind: 'one',
      pid: 'a',
      link: [],
      refused: [{ key: 'email#e', reason: 'source_strategy', other: 'b' }],
    });
  });

  it('leaves an identifier to an authorised company whose person it cannot join', () => {
    const ours = person('a', 2, 'userId#u2');

    expect(settle(event(['userId#u2', 'email#e']), [ours, betas], shared)).toEqual({
      kind: 'one',
      pid: 'a',
      link: [],
      refused: [{ key: 'email#e', reason: 'limit', other: 'b' }],
    });
  });

  it('leaves an identifier to an authorised company whose person cannot be one with who is new', () => {
    expect(settle(event(['userId#u2', 'email#e']), [betas], shared)).toEqual({
      kind: 'new',
      link: ['userId#u2'],
      refused: [{ key: 'email#e', reason: 'limit', other: 'b' }],
    });
  });

  it('joins nobody who is a customer of a third company that is not authorised, and says so', () => {
    const alsoGammas = customerOf(['beta', 'gamma'], person('b', 1, 'email#e'));

    expect(settle(event(['email#e']), [alsoGammas], shared)).toEqual({
      kind: 'new',
      link: ['email#e'],
      refused: [{ key: 'email#e', reason: 'legal_entity', other: 'b' }],
    });
  });

  it('joins no two whose companies may not share people, though each may with its own', () => {
    const between = rulesOf({
      authorised: [
        ['acme', 'beta'],
        ['acme', 'gamma'],
      ],
    });
    const gammas = customerOf(['gamma'], person('c', 1, 'email#e', 'phone#p'));
    const refused = [{ key: 'email#e', reason: 'legal_entity', other: 'c' }];

    expect(settle(event(['email#e']), [betas, gammas], between)).toEqual({
      kind: 'one',
      pid: 'b',
      link: ['email#e'],
      refused,
    });
    const ours = customerOf(['acme', 'beta'], person('a', 3, 'userId#u9'));
    const alsoGammas = customerOf(['acme', 'gamma'], person('d', 3, 'phone#p'));
    expect(settle(event(['userId#u9', 'phone#p']), [ours, alsoGammas], between)).toEqual({
      kind: 'one',
      pid: 'a',
      link: [],
      refused: [{ key: 'phone#p', reason: 'legal_entity', other: 'd' }],
    });
  });

  it.each([person('b', 1, 'email#e', 'userId#u1'), { ...person('b', 1, 'userId#u1'), claims: ['email#e'] }])(
    'claims a row of its own where one authorised company’s person is joined, and another’s is not: %#',
    (ours) => {
      const all = rulesOf({
        authorised: [
          ['acme', 'beta'],
          ['acme', 'gamma'],
          ['beta', 'gamma'],
        ],
      });
      const b = customerOf(['beta'], ours);
      const c = customerOf(['gamma'], person('c', 2, 'email#e', 'userId#u2'));
      const ownerOf = (row: string) => ({ 'beta#email#e': b, 'gamma#email#e': c })[row];

      expect(resolve(event(['email#e']), { ownerOf, rules: all })).toEqual({
        kind: 'one',
        pid: 'b',
        link: ['email#e'],
        refused: [{ key: 'email#e', reason: 'limit', other: 'c' }],
      });
    },
  );

  it('leaves somebody who they are when an authorisation is taken back', () => {
    const both = customerOf(['acme', 'beta'], person('p', 1, 'userId#u', 'email#e'));
    const ours = person('q', 2, 'anonymousId#a');

    expect(settle(event(['userId#u', 'email#e']), [both])).toEqual({
      kind: 'one',
      pid: 'p',
      link: [],
      refused: [],
    });
    expect(settle(event(['userId#u', 'anonymousId#a']), [both, ours])).toMatchObject({
      kind: 'one',
      refused: [{ reason: 'legal_entity' }],
    });
  });
});

describe('resolve of an alias', () => {
  const said = event(['userId#u2', 'anonymousId#old'], { previousId: 'old' });

  it('links the id before as the browser id that it is', () => {
    expect(settle(said, [person('p', 1, 'anonymousId#old')])).toMatchObject({
      kind: 'one',
      pid: 'p',
      link: ['userId#u2'],
    });
  });

  it('takes two known users for a proposal, and links nothing of it', () => {
    const known = [person('p', 1, 'userId#old', 'anonymousId#old'), person('q', 2, 'userId#u2')];
    const refused = [{ key: 'userId#old', reason: 'alias', other: 'p' }];

    expect(settle(said, known)).toEqual({ kind: 'one', pid: 'q', link: [], refused });
    expect(settle(said, known.slice(0, 1))).toEqual({ kind: 'new', link: ['userId#u2'], refused });
  });

  it('has nothing to propose of a person to themselves', () => {
    const both = person('p', 1, 'userId#u2', 'userId#old');

    expect(settle(said, [both])).toEqual({ kind: 'one', pid: 'p', link: [], refused: [] });
  });

  it('proposes nothing of an isolated source, which says one identifier alone', () => {
    const isolated = event(['userId#u2'], { previousId: 'old', strategy: 'isolate' });

    expect(settle(isolated, [person('p', 1, 'userId#old')])).toEqual({
      kind: 'new',
      link: ['userId#u2'],
      refused: [],
    });
  });

  it('sees the users of companies that may share them', () => {
    const theirs = customerOf(['beta'], person('p', 1, 'userId#old'));

    expect(settle(said, [theirs], rulesOf({ authorised: [['beta', 'acme']] }))).toMatchObject({
      refused: [{ key: 'userId#old', reason: 'alias', other: 'p' }],
    });
    expect(settle(said, [theirs])).toMatchObject({ refused: [] });
  });
});

describe('rowsToRead', () => {
  it('asks for a row an identifier, and no more without authorised companies', () => {
    expect(rowsToRead(event(['userId#u', 'anonymousId#a']), DEFAULT)).toEqual([
      'acme#userId#u',
      'acme#anonymousId#a',
    ]);
  });

  it('asks for the user whom an alias may mean, and for nobody besides without one', () => {
    const rules = rulesOf({ authorised: [['beta', 'acme']] });

    expect(rowsToRead(event(['userId#u'], { previousId: 'old' }), DEFAULT)).toEqual([
      'acme#userId#u',
      'acme#userId#old',
    ]);
    expect(rowsToRead(event(['userId#u']), rules)).toEqual(['acme#userId#u', 'beta#userId#u']);
  });

  it('asks for the rows of authorised companies, and for the user whom an alias may mean', () => {
    const rules = rulesOf({ authorised: [['beta', 'acme']] });

    expect(rowsToRead(event(['userId#u'], { previousId: 'old' }), rules)).toEqual([
      'acme#userId#u',
      'beta#userId#u',
      'acme#userId#old',
      'beta#userId#old',
    ]);
  });
});

describe('reasonToKeepApart', () => {
  const [p, q] = [person('p', 1, 'userId#u1'), person('q', 2, 'anonymousId#a')];

  it.each([
    ['nothing', p, q, undefined],
    ['two user ids', p, person('q', 2, 'userId#u2'), 'limit'],
    ['what events before claim', p, { ...q, claims: ['userId#u2'] }, 'limit'],
    ['an un-merge', { ...p, parted: { q: 1 } }, q, 'parted'],
    ['companies that may not share people', p, customerOf(['beta'], q), 'legal_entity'],
  ])('is %s', (_, a, b, reason) => {
    expect(reasonToKeepApart(a, b, DEFAULT)).toBe(reason);
    expect(reasonToKeepApart(b, a, DEFAULT)).toBe(reason);
  });

  it('lets two be one who just fit together', () => {
    const half = (name: string, bytes: number) =>
      person(name, 1, `anonymousId#${name}`.padEnd(bytes - LIMITS.identifierOverhead, 'x'));
    const a = half('a', LIMITS.identifierBytes / 2);

    expect(reasonToKeepApart(a, half('b', LIMITS.identifierBytes / 2), DEFAULT)).toBeUndefined();
    expect(reasonToKeepApart(a, half('b', LIMITS.identifierBytes / 2 + 1), DEFAULT)).toBe('too_large');
  });
});

describe('byAge', () => {
  it('puts the older first, and of two as old the least pid, whoever is asked about first', () => {
    const inOrder = [person('z', 1), person('a', 2), person('b', 2)];

    expect(inOrder.toReversed().sort(byAge)).toEqual(inOrder);
    expect(inOrder.toSorted(byAge)).toEqual(inOrder);
  });
});
