import { describe, expect, it } from 'vitest';
import { countedName, countedText } from '#shared/quality/counted-name.ts';

describe('countedName', () => {
  it.each([
    [{ type: 'track', event: 'Order Completed' }, 'Order Completed'],
    [{ type: 'Track', event: ' Order\tCompleted\n' }, 'Order Completed'],
    [{ type: 'identify', event: 'Order Completed' }, 'identify'],
    [{ type: 'page', name: 'Home' }, 'page'],
    [{ type: 'track' }, 'track'],
    [{ type: 'track', event: '' }, 'track'],
    [{ type: 'track', event: ' \n' }, 'track'],
    [{ type: 'track', event: 7 }, 'track'],
    [{ type: 'purchase', event: 'Order Completed' }, '…'],
    [{ event: 'Order Completed' }, '…'],
    [{ type: null }, '…'],
    [null, '…'],
    [['track'], '…'],
    ['track', '…'],
  ])('calls %j %s', (event, name) => {
    expect(countedName(event)).toBe(name);
  });

  it.each([
    [{ event: 'Viewed' }, 'track', 'Viewed'],
    [{ type: 'page', event: 'Viewed' }, 'track', 'Viewed'],
    [{ type: 'track', event: 'Viewed' }, 'identify', 'identify'],
    ['text', 'track', 'track'],
  ] as const)('goes by the call that the route names: %j as %s is %s', (event, type, name) => {
    expect(countedName(event, type)).toBe(name);
  });
});

describe('countedText', () => {
  it.each([
    ['Order 12345 viewed', 'Order 12345 viewed'],
    ['Order 123456 viewed', '…'],
    ['ada@example.com', '…'],
    ['type /properties/total', 'type /properties/total'],
    ['a\u0000b\u001fc\u007fd', 'a b c d'],
    ['\ud800', '\ufffd'],
  ])('keeps %j as %j', (text, kept) => {
    expect(countedText(text)).toBe(kept);
  });

  it('cuts what is long, and no character in two', () => {
    expect(countedText('x'.repeat(101))).toBe('x'.repeat(100));
    expect(countedText('😀'.repeat(101))).toBe('😀'.repeat(100));
  });
});
