import { describe, expect, it } from 'vitest';
import { Pid } from '#shared/events/event.ts';
import { Conflict, conflictsOf } from '#shared/profiles/conflict.ts';
import { normalised, web } from '#test/support/events.ts';
import { person } from '#test/support/person.ts';

const refusal = {
  identifier: 'email#e',
  reason: 'limit' as const,
  at: 5,
  messageId: 'm1',
  other: Pid.parse('bob'),
};

describe('conflictsOf', () => {
  it('says of whom what was refused by which event, and who may see it', () => {
    const origin = (value: string) => ({ value, at: 1, id: 'm' });
    const ada = person('ada', { profile: { market: origin('fr'), brand: origin('main') } });

    const conflicts = conflictsOf(ada, [{ refusal, event: normalised() }]);

    expect(conflicts).toEqual([
      { ...refusal, pid: 'ada', source: 'web', legalEntity: 'main', market: 'fr', brand: 'main' },
    ]);
    expect(conflicts.map((conflict) => Conflict.parse(conflict))).toEqual(conflicts);
  });

  it('leaves out what is not known', () => {
    const { legalEntity: _, ...source } = web;

    expect(conflictsOf(person('ada'), [{ refusal, event: normalised({}, source) }])).toStrictEqual([
      { ...refusal, pid: 'ada', source: 'web' },
    ]);
  });
});

describe('Conflict', () => {
  it.each(['pid', 'identifier', 'reason', 'at', 'source', 'messageId'])(
    'is not read without its %s',
    (field) => {
      const conflict = { ...refusal, pid: 'ada', source: 'web' };

      expect(Conflict.safeParse(conflict).success).toBe(true);
      expect(Conflict.safeParse({ ...conflict, [field]: undefined }).success).toBe(false);
    },
  );
});
