import { describe, expect, it } from 'vitest';
import { Pid } from '#shared/events/event.ts';
import { identityRow } from '#shared/identity/identifier.ts';
import { identityRules } from '#shared/identity/rules.ts';
import { IdentitySettings } from '#shared/identity/settings.ts';
import { lessErased, NOBODY_ERASED, vacantRows } from '#shared/profiles/erased.ts';

const rules = identityRules(IdentitySettings.parse({ authorised: [['main', 'sister']] }));
const ada = Pid.parse('ada');

/** What is left of an event at 50, where rows were erased at given times and others have somebody. */
const left = (
  identifiers: readonly string[],
  {
    erased = {},
    owned = [],
    previousId,
  }: {
    readonly erased?: Readonly<Record<string, number>>;
    readonly owned?: readonly string[];
    readonly previousId?: string;
  },
) =>
  lessErased(
    {
      identifiers,
      rows: identifiers.map((key) => identityRow('main', key)),
      legalEntity: 'main',
      at: 50,
      previousId,
    },
    {
      erased: { people: new Map(), rows: new Map(Object.entries(erased)) },
      isOwned: (row) => owned.includes(row),
      rules,
    },
  )?.identifiers;

describe('lessErased', () => {
  it('leaves an event as it is where nobody was erased', () => {
    const event = { identifiers: ['userId#u'], rows: ['main#userId#u'], legalEntity: 'main', at: 1 };

    expect(lessErased(event, { erased: NOBODY_ERASED, isOwned: () => false, rules })).toBe(event);
  });

  it('keeps the row of each identifier that is left', () => {
    const identifiers = ['userId#u', 'email#e', 'phone#p'];
    const event = { identifiers, rows: identifiers.map((key) => `main#${key}`), legalEntity: 'main', at: 50 };
    const erased = { people: new Map(), rows: new Map([['main#email#e', 60]]) };

    expect(lessErased(event, { erased, isOwned: (row) => row === 'main#userId#u', rules })).toEqual({
      ...event,
      identifiers: ['userId#u', 'phone#p'],
      rows: ['main#userId#u', 'main#phone#p'],
    });
  });

  it.each([
    { at: 51, rest: undefined },
    { at: 50, rest: undefined },
    { at: 49, rest: ['userId#u'] },
  ])('drops what happened by the time of the erasure: $at', ({ at, rest }) => {
    expect(left(['userId#u'], { erased: { 'main#userId#u': at } })).toEqual(rest);
  });

  it.each(['main', 'sister'])('knows the erased by the row of %s', (entity) => {
    expect(left(['userId#u'], { erased: { [`${entity}#userId#u`]: 60 } })).toBeUndefined();
  });

  it('knows nobody by the row of a company that may not share people', () => {
    expect(left(['userId#u'], { erased: { 'other#userId#u': 60 } })).toEqual(['userId#u']);
  });

  it('looks past identifiers that nobody has', () => {
    const erased = { 'main#email#e': 60 };

    expect(left(['userId#u', 'email#e', 'anonymousId#a'], { erased })).toBeUndefined();
  });

  it('leaves out what is weaker than what somebody else has', () => {
    const erased = { 'main#email#e': 60, 'main#anonymousId#a': 40 };

    expect(left(['userId#u', 'email#e', 'anonymousId#a'], { erased, owned: ['main#userId#u'] })).toEqual([
      'userId#u',
      'anonymousId#a',
    ]);
    expect(left(['userId#u', 'email#e'], { erased, owned: ['sister#userId#u'] })).toEqual(['userId#u']);
  });

  it('takes the event for the erased’s whose weaker identifier somebody has', () => {
    const erased = { 'main#userId#u': 60 };

    expect(left(['userId#u', 'email#e'], { erased, owned: ['main#email#e'] })).toBeUndefined();
  });

  it('drops an older event also where somebody new has the row', () => {
    const erased = { 'main#userId#u': 60 };

    expect(left(['userId#u'], { erased, owned: ['main#userId#u'] })).toBeUndefined();
  });

  it('leaves out by what an alias calls an erased user', () => {
    const identifiers = ['userId#v', 'anonymousId#u'];
    const alias = { previousId: 'u', owned: ['main#userId#v'] };

    expect(left(identifiers, { ...alias, erased: { 'main#userId#u': 60 } })).toEqual(['userId#v']);
    expect(left(identifiers, { ...alias, erased: { 'main#userId#u': 40 } })).toEqual(identifiers);
    expect(left(identifiers, { ...alias, erased: { 'main#userId#w': 60 } })).toEqual(identifiers);
    expect(left(['anonymousId#u'], { previousId: 'u', erased: { 'main#userId#u': 60 } })).toEqual([
      'anonymousId#u',
    ]);
  });
});

describe('vacantRows', () => {
  it('are those whose owner is erased, and not those that somebody new has', () => {
    const owners = new Map([
      ['main#userId#u', ada],
      ['main#email#e', Pid.parse('eve')],
      ['main#phone#p', ada],
    ]);
    const rows = new Map([
      ['main#userId#u', 60],
      ['main#email#e', 60],
    ]);

    expect(vacantRows(owners, { people: new Map([[ada, 60]]), rows })).toEqual(
      new Map([['main#userId#u', { pid: ada, erasedAt: 60 }]]),
    );
  });
});
