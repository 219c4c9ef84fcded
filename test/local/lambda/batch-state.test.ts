import { describe, expect, it } from 'vitest';
import {
  type Answer,
  afterAnswer,
  afterDiscard,
  afterWait,
  type BatchPolicy,
  nextStep,
  recordsLeft,
  startBatch,
} from '#local/lambda/batch-state.ts';

const policy: BatchPolicy = {
  bisectOnError: false,
  reportItemFailures: true,
  maximumRetries: 1,
  maximumAgeMs: -1,
};
const records = (numbers: string) =>
  [...numbers].map((sequenceNumber) => ({ sequenceNumber, arrivedAtMs: 100 }));
const threw: Answer = { ok: false };
const returned = (payload: unknown): Answer => ({ ok: true, payload });
const failed = (...numbers: unknown[]): Answer =>
  returned({ batchItemFailures: numbers.map((itemIdentifier) => ({ itemIdentifier })) });

/** Plays the answers one after another and tells what was invoked and what was given up. */
function play(numbers: string, answers: readonly Answer[], changed: Partial<BatchPolicy> = {}) {
  const rules = { ...policy, ...changed };
  const told: string[] = [];
  const queue = answers.values();
  let state = startBatch(records(numbers));
  for (;;) {
    const step = nextStep(state, { policy: rules, nowMs: 200 });
    if (step.kind === 'done') return told;
    if (step.kind === 'wait') {
      state = afterWait(state);
      continue;
    }
    const names = step.records.map(({ sequenceNumber }) => sequenceNumber).join('');
    if (step.kind === 'discard') {
      told.push(`${step.condition} ${names} after ${step.invocations}${step.functionError ? ' thrown' : ''}`);
      state = afterDiscard(state, step);
      continue;
    }
    told.push(names);
    const { value: answer } = queue.next();
    if (!answer) return [...told, `left ${recordsLeft(state)}`];
    state = afterAnswer(state, { policy: rules, answer });
  }
}

describe('a batch', () => {
  it.each([
    ['undefined', undefined],
    ['null', null],
    ['an empty object', {}],
    ['an empty list', []],
    ['no failures', { batchItemFailures: [] }],
    ['null failures', { batchItemFailures: null }],
  ])('is finished by %s', (_name, payload) => {
    expect(play('1234', [returned(payload)])).toEqual(['1234']);
  });

  it.each([
    ['an unknown record', { batchItemFailures: [{ itemIdentifier: '9' }] }],
    [
      'an unknown record beside a known one',
      { batchItemFailures: [{ itemIdentifier: '3' }, { itemIdentifier: '9' }] },
    ],
    ['an empty name', { batchItemFailures: [{ itemIdentifier: '' }] }],
    ['a null name', { batchItemFailures: [{ itemIdentifier: null }] }],
    ['a wrong key', { batchItemFailures: [{ foo: '3' }] }],
    ['a number', { batchItemFailures: [{ itemIdentifier: 3 }] }],
    ['no list', { batchItemFailures: 'x' }],
    ['a text', 'ok'],
  ])('fails as a whole by a report with %s', (_name, payload) => {
    expect(play('1234', [returned(payload)])).toEqual(['1234', '1234', 'left 4']);
  });

  it('goes on from the lowest failure reported, whatever the order of the report', () => {
    expect(play('1234', [failed('4', '2'), returned(null)])).toEqual(['1234', '234']);
  });

  it('ignores a report that the mapping did not ask for', () => {
    expect(play('12', [failed('1')], { reportItemFailures: false })).toEqual(['12']);
  });

  // As recorded on AWS with 3 retries: after an answer that finishes part, the rest has all its retries.
  it('counts retries anew when the checkpoint moves', () => {
    const answers = [failed('3'), failed('3'), failed('3'), failed('3'), failed('3')];

    expect(play('123', answers, { maximumRetries: 3 })).toEqual([
      '123',
      '3',
      '3',
      '3',
      '3',
      'RetryAttemptsExhausted 3 after 4',
    ]);
  });

  it('is given up whole when it throws once too often', () => {
    expect(play('123', [threw, threw])).toEqual(['123', '123', 'RetryAttemptsExhausted 123 after 2 thrown']);
  });

  it('is split by what throws, until the bad record stands alone with all its retries', () => {
    const answers = [threw, returned(null), threw, threw, threw, returned(null)];

    expect(play('1234', answers, { bisectOnError: true })).toEqual([
      '1234',
      '12',
      '34',
      '3',
      '3',
      'RetryAttemptsExhausted 3 after 2 thrown',
      '4',
    ]);
  });

  it('is not split by a reported failure', () => {
    expect(play('12', [failed('1'), failed('1')], { bisectOnError: true })).toEqual([
      '12',
      '12',
      'RetryAttemptsExhausted 12 after 2',
    ]);
  });

  it('gives up what is too old before it is ever tried, and tries the rest', () => {
    const aged = [{ sequenceNumber: '1', arrivedAtMs: 0 }, ...records('2')];
    const rules = { ...policy, maximumAgeMs: 150 };

    const step = nextStep(startBatch(aged), { policy: rules, nowMs: 200 });

    expect(step).toMatchObject({ kind: 'discard', condition: 'RecordAgeExceeded', invocations: 0 });
    if (step.kind !== 'discard') return;
    const rest = afterDiscard(startBatch(aged), step);
    expect(nextStep(rest, { policy: rules, nowMs: 200 })).toEqual({ kind: 'invoke', records: records('2') });
  });

  it('waits between two tries, longer each time', () => {
    const once = afterAnswer(startBatch(records('1')), { policy, answer: threw });

    expect(nextStep(once, { policy, nowMs: 0 })).toEqual({ kind: 'wait', failures: 1 });
    expect(nextStep(afterWait(once), { policy, nowMs: 0 })).toMatchObject({ kind: 'invoke' });
  });
});
