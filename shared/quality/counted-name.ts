import { EventType } from '#shared/events/event.ts';
import { isJson } from '#shared/events/json.ts';
import { OTHER } from './quality-count.ts';

/** Characters of a name or a reason. */
const MAX_LENGTH = 100;

const TYPES = new Set<string>(EventType.options);

/**
 * What an event is counted under: a track call's name, or else the call. Of what was never understood it
 * is what can be told.
 *
 * @param type the call, where the route named it.
 */
export function countedName(event: unknown, type?: EventType): string {
  if (!isJson(event)) return type ?? OTHER;
  const call = type ?? (typeof event.type === 'string' ? event.type.toLowerCase() : '');
  if (!TYPES.has(call)) return OTHER;
  const named = call === 'track' && typeof event.event === 'string' ? countedText(event.event) : '';
  return named === '' ? call : named;
}

/**
 * A text as counts may keep it: short, on one line, and nobody's. What holds an address or a long number is
 * not told apart from others of its kind: it may be somebody's, and there would be no end of them.
 */
export function countedText(text: string): string {
  if (/@|\d{6}/.test(text)) return OTHER;
  return [...text.replace(CONTROLS, ' ').trim()].slice(0, MAX_LENGTH).join('').toWellFormed();
}

const CONTROLS = /\p{Cc}+/gu;
