import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { beforeEach, describe, expect, it } from 'vitest';
import { FORMATS, MAX_SCHEMA_DEPTH, MAX_SCHEMA_PARTS } from '#shared/plans/read-schema.ts';
import { MAX_PLANNED_EVENTS } from '#shared/plans/tracking-plan.ts';
import { trackingPlanJsonSchema } from '#shared/plans/tracking-plan-schema.ts';
import { admitEvents } from '#shared/sources/admit-events.ts';
import { Source } from '#shared/sources/source.ts';
import { adminApi } from '#test/support/admin.ts';
import { collected } from '#test/support/events.ts';

const guide = readFileSync('docs/guides/tracking-plans.md', 'utf8');
const [, planText = ''] = /```json\n([\s\S]*?)```/.exec(guide) ?? [];
const [, sourceText = ''] = /sources\/shop" -d '([^']+)'/.exec(guide) ?? [];

/** Rows of the table of examples: what is sent, what is applied of it, and what is said to be wrong. */
const examples = [...guide.matchAll(/^\| `([^`{]+)` `(\{[^`]+\})` \| (.+) \| ?(.*) \|$/gm)].map(
  ([, event = '', properties = '', applied = '', violations = '']) => ({
    event,
    properties: JSON.parse(properties),
    applied: applied.trim().replaceAll('`', ''),
    violations: [...violations.matchAll(/`([^`]+)`/g)].map(([, text = '']) => text),
  }),
);

const asked = new Ajv({ strict: false }).compile(JSON.parse(JSON.stringify(trackingPlanJsonSchema())));

describe('docs/guides/tracking-plans.md', () => {
  let api: ReturnType<typeof adminApi>;
  beforeEach(async () => {
    api = adminApi();
    const plan = await api.call('PUT', '/v1/tracking-plans/web-shop', { body: JSON.parse(planText) });
    const source = await api.call('PUT', '/v1/sources/shop', { body: JSON.parse(sourceText) });
    expect([plan.status, source.status]).toEqual([200, 200]);
  });

  it('has examples', () => {
    expect(examples).toHaveLength(4);
  });

  it.each(examples)(
    'says truly what becomes of $event',
    async ({ event, properties, applied, violations }) => {
      const source = Source.parse((await api.ports.sources.find('shop'))?.definition);
      const rules = await api.ports.redriving.rulesOf(source);

      const admitted = admitEvents([collected({ event, properties })], rules);

      const [refused] = admitted.rejected;
      if (applied === 'quarantined') {
        expect(refused).toMatchObject({ reason: 'plan_violation', details: violations });
      } else {
        expect(admitted.events[0]?.properties).toEqual(
          applied === 'all of it' ? properties : JSON.parse(applied),
        );
        expect(admitted.events[0]?.violations ?? []).toEqual(violations);
      }
    },
  );

  it('tells formats and limits as they are', () => {
    expect(guide).toContain(FORMATS.map((format) => `\`${format}\``).join(', '));
    expect(guide).toContain(
      `${MAX_PLANNED_EVENTS} events, ${MAX_SCHEMA_PARTS.toLocaleString('en')} schemas in one, ${MAX_SCHEMA_DEPTH} in each other`,
    );
  });

  it('names a JSON Schema that takes its plan, and not what no plan is', () => {
    expect(asked(JSON.parse(planText))).toBe(true);
    expect(asked({ name: 'P', events: { A: { schema: { type: 'nmber' } } } })).toBe(false);
    expect(asked({ name: 'P', violation: 'flag' })).toBe(false);
    expect(JSON.parse(readFileSync('docs/api/tracking-plan.schema.json', 'utf8'))).toEqual(
      JSON.parse(JSON.stringify(trackingPlanJsonSchema())),
    );
  });
});
