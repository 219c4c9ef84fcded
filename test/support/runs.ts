import { type Audience, isAfter, type Position } from '#functions/runs/audience.ts';
import type { RunFiles } from '#functions/runs/run-files.ts';
import { Pid } from '#shared/events/event.ts';

/** The files of runs, in memory. */
export function memoryRunFiles(): RunFiles & { readonly stored: ReadonlyMap<string, string> } {
  const stored = new Map<string, string>();
  const facts = new Map<string, Readonly<Record<string, string>>>();
  const readJson: RunFiles['readJson'] = async (key, schema) =>
    schema.parse(JSON.parse(stored.get(key) ?? ''));
  return {
    stored,
    readJson,

    async keepJson(key, schema, value) {
      if (!stored.has(key)) stored.set(key, JSON.stringify(value));
      return readJson(key, schema);
    },

    async keepFile(file) {
      const there = facts.get(file.key);
      if (there !== undefined) return there;
      stored.set(file.key, file.body.toString('latin1'));
      facts.set(file.key, file.facts);
      return file.facts;
    },
  };
}

/** The shard of a pid in a test: its last character, so that a test can say where somebody stands. */
const positionOf = (pid: Pid): Position => ({ shard: Number.parseInt(pid.at(-1) ?? '0', 36) % 16, pid });

/** An audience of one segment that a test may change while it is read. */
export function memoryAudience(members: Iterable<string>): Audience & { readonly members: Set<string> } {
  const people = new Set(members);
  return {
    members: people,
    positionOf,

    async membersAfter(_segment, { after, limit }) {
      const all = [...people].map((pid) => positionOf(Pid.parse(pid)));
      const sorted = all.sort((a, b) => (isAfter(a, b) ? 1 : -1));
      return sorted.filter((position) => after === undefined || isAfter(position, after)).slice(0, limit);
    },
  };
}
