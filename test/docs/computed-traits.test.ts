import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ComputedFunction, DEFAULT_DECIMALS, KEPT } from '#shared/computed/aggregate.ts';
import { ComputedTrait } from '#shared/computed/computed-trait.ts';
import { EventField } from '#shared/computed/filter.ts';
import { MAX_WINDOW_DAYS, MAX_WINDOW_HOURS } from '#shared/computed/window.ts';
import { WorkspaceSettings } from '#shared/computed/workspace-settings.ts';
import { LIMITS } from '#shared/events/limits.ts';
import { Condition } from '#shared/segments/condition.ts';

const guide = readFileSync('docs/guides/computed-traits.md', 'utf8');
const [definition = '', condition = ''] = [...guide.matchAll(/```json\n([\s\S]*?)```/g)].map(
  ([, json = '']) => json,
);

describe('the guide on computed traits', () => {
  it('shows a definition, a condition and settings that are taken', () => {
    const [, settings = ''] = /workspace\/settings" -d '([^']+)'/.exec(guide) ?? [];

    expect(ComputedTrait.safeParse({ id: 'spent-90-days', ...JSON.parse(definition) }).error).toBeUndefined();
    expect(Condition.safeParse(JSON.parse(condition)).error).toBeUndefined();
    expect(WorkspaceSettings.safeParse(JSON.parse(settings)).error).toBeUndefined();
  });

  it('lists every function, in both tables, and every field', () => {
    const [functions = '', bytes = ''] = [...guide.matchAll(/\| function \|[\s\S]*?\n\n/g)].map(
      ([table]) => table,
    );
    const namesIn = (table: string) =>
      [...table.matchAll(/^\| (`[^|]+) \|/gm)].flatMap(([, cell = '']) =>
        [...cell.matchAll(/`(\w+)`/g)].map(([, name = '']) => name),
      );

    expect(namesIn(functions).sort()).toEqual(ComputedFunction.options.toSorted());
    expect(namesIn(bytes).sort()).toEqual(ComputedFunction.options.toSorted());
    for (const field of EventField.options) expect(guide).toContain(`\`${field}\``);
  });

  it('tells the bounds as they are', () => {
    for (const name of ['uniqueCount', 'uniqueList'] as const) {
      const { default: kept, most } = KEPT[name] ?? {};
      expect(guide).toContain(`\`limit\` (${kept}, at most ${most})`);
    }
    expect(guide).toContain(`\`decimals\` (${DEFAULT_DECIMALS})`);
    expect(guide).toContain(`before it, up to ${MAX_WINDOW_HOURS};`);
    expect(guide).toContain(`before it, up to ${MAX_WINDOW_DAYS}.`);
    expect(guide).toContain(`more than ${LIMITS.computedValueBytes} bytes`);
  });
});
